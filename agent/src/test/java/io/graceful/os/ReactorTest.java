package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.sockets.WaitingThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReactorTest {

  /** What the JDK interrupts its own threads with; its handler does nothing. */
  private static final int WAKE_UP = 62;

  private static final String TIMED_OUT = "nothing within 30 s";

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private Reactor reactor;

  @BeforeEach
  void start() throws Exception {
    reactor = new Reactor(LIBC, failures::add);
    Thread thread = new Thread(reactor, "reactor-under-test");
    thread.setDaemon(true);
    thread.start();
  }

  @Test
  void runs_what_is_posted_in_order_on_its_own_thread() throws Exception {
    for (int i = 0; i < 100; i++) {
      int number = i;
      reactor.post(() -> events.add(Thread.currentThread().getName() + " " + number));
    }

    for (int i = 0; i < 100; i++) {
      assertThat(next()).isEqualTo("reactor-under-test " + i);
    }
  }

  @Test
  void calls_timers_in_the_order_of_their_deadlines() throws Exception {
    reactor.post(
        () -> {
          reactor.after(30, () -> events.add("last"));
          reactor.after(1, () -> events.add("first"));
          reactor.after(15, () -> events.add("middle"));
        });

    assertThat(List.of(next(), next(), next())).containsExactly("first", "middle", "last");
  }

  @Test
  void calls_no_timer_before_its_time() throws Exception {
    long started = System.nanoTime();
    reactor.post(() -> reactor.after(25, () -> events.add("time")));

    assertThat(next()).isEqualTo("time");
    assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(25_000_000);
  }

  @Test
  void does_not_call_a_timer_that_was_cancelled() throws Exception {
    reactor.post(
        () -> {
          Reactor.Timer timer = reactor.after(1, () -> events.add("cancelled"));
          reactor.after(20, () -> events.add("after"));
          timer.cancel();
        });

    assertThat(next()).isEqualTo("after");
    assertThat(events).isEmpty();
  }

  @Test
  void a_timer_that_has_fired_can_be_cancelled_all_the_same() throws Exception {
    Reactor.Timer[] timer = new Reactor.Timer[1];
    reactor.post(
        () ->
            timer[0] =
                reactor.after(
                    0,
                    () -> {
                      timer[0].cancel();
                      events.add("fired");
                    }));

    assertThat(next()).isEqualTo("fired");
    assertThat(failures).isEmpty();
  }

  @Test
  void tells_of_a_readable_descriptor_until_it_is_unwatched() throws Exception {
    int counter = LIBC.eventCounter();
    try {
      reactor.post(() -> reactor.watch(counter, () -> events.add("readable " + take(counter))));
      LIBC.add(counter);
      assertThat(next()).isEqualTo("readable 1");
      LIBC.add(counter);
      assertThat(next()).isEqualTo("readable 1");

      reactor.post(() -> unwatchBoth(counter, counter, "unwatched"));
      assertThat(next()).isEqualTo("unwatched");
      LIBC.add(counter);
      reactor.post(() -> reactor.after(5, () -> events.add("later")));
      assertThat(next()).isEqualTo("later");
    } finally {
      unwatchAndClose(counter);
    }
  }

  @Test
  void a_callback_can_unwatch_another_descriptor_that_is_ready_as_well() throws Exception {
    int one = LIBC.eventCounter();
    int two = LIBC.eventCounter();
    try {
      LIBC.add(one);
      LIBC.add(two);
      reactor.post(
          () -> {
            reactor.watch(one, () -> unwatchBoth(one, two, "one"));
            reactor.watch(two, () -> unwatchBoth(one, two, "two"));
          });

      assertThat(next()).isEqualTo("one");
      reactor.post(() -> reactor.after(5, () -> events.add("later")));
      assertThat(next()).isEqualTo("later");
    } finally {
      unwatchAndClose(one);
      unwatchAndClose(two);
    }
  }

  @Test
  void tells_of_the_other_ends_close() throws Exception {
    int[] pair = LIBC.packetPair();
    try {
      reactor.post(
          () ->
              reactor.watch(
                  pair[0],
                  () -> {
                    reactor.unwatch(pair[0]);
                    events.add("closed");
                  }));
      LIBC.close(pair[1]);

      assertThat(next()).isEqualTo("closed");
    } finally {
      unwatchAndClose(pair[0]);
    }
  }

  @Test
  void a_failure_is_told_and_the_loop_goes_on() throws Exception {
    int counter = LIBC.eventCounter();
    try {
      LIBC.add(counter);
      RuntimeException posted = new RuntimeException("posted");
      Error timed = new AssertionError("timed");
      RuntimeException watched = new RuntimeException("watched");
      reactor.post(() -> fail(posted));
      reactor.post(() -> reactor.after(0, () -> fail(timed)));
      reactor.post(
          () ->
              reactor.watch(
                  counter,
                  () -> {
                    reactor.unwatch(counter);
                    fail(watched);
                  }));
      reactor.post(() -> reactor.after(20, () -> events.add("still here")));

      assertThat(next()).isEqualTo("still here");
      assertThat(failures).containsExactlyInAnyOrder(posted, timed, watched);
    } finally {
      unwatchAndClose(counter);
    }
  }

  @Test
  void waits_for_a_descriptor_outside_the_loop() throws Exception {
    int counter = LIBC.eventCounter();
    try {
      assertThat(Reactor.awaitReadable(LIBC, counter, 1)).isFalse();
      LIBC.add(counter);
      assertThat(Reactor.awaitReadable(LIBC, counter, 30_000)).isTrue();
    } finally {
      LIBC.close(counter);
    }
  }

  @Test
  void a_signal_does_not_end_the_wait_for_a_descriptor() throws Exception {
    WaitingThreads.prepareInterrupts();
    int counter = LIBC.eventCounter();
    BlockingQueue<Integer> tid = new LinkedBlockingQueue<>();
    CompletableFuture<Boolean> wait = new CompletableFuture<>();
    Thread waiting =
        new Thread(
            () -> {
              tid.add(ownTid());
              wait.complete(Reactor.awaitReadable(LIBC, counter, 30_000));
            });
    waiting.start();
    try {
      int thread = tid.take();
      for (int i = 0; i < 20; i++) {
        Thread.sleep(5);
        LIBC.signalThread(ProcFs.pid(), thread, WAKE_UP);
      }
      assertThat(wait).isNotDone();
      LIBC.add(counter);
      assertThat(wait.get(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      waiting.join();
      LIBC.close(counter);
    }
  }

  private static int ownTid() {
    try {
      return Integer.parseInt(Path.of("/proc/thread-self").toRealPath().getFileName().toString());
    } catch (IOException noProc) {
      throw new UncheckedIOException(noProc);
    }
  }

  private static void fail(Throwable failure) {
    ReactorTest.<RuntimeException>sneak(failure);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable failure) throws T {
    throw (T) failure;
  }

  private void unwatchBoth(int one, int two, String event) {
    reactor.unwatch(one);
    reactor.unwatch(two);
    events.add(event);
  }

  private static long take(int counter) {
    return LIBC.take(counter);
  }

  private String next() throws InterruptedException {
    String event = events.poll(30, TimeUnit.SECONDS);
    return event == null ? TIMED_OUT : event;
  }

  private void unwatchAndClose(int fd) throws InterruptedException {
    reactor.post(
        () -> {
          reactor.unwatch(fd);
          LIBC.close(fd);
          events.add("closed " + fd);
        });
    String event = next();
    while (!event.equals("closed " + fd) && !event.equals(TIMED_OUT)) {
      event = next();
    }
  }
}
