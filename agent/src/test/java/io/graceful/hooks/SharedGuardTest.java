package io.graceful.hooks;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SharedGuardTest {

  private static final long LONG = 10_000;
  private static final long SHORT = 50;

  private final SharedGuard guard = new SharedGuard();
  private final Lock app = guard.appSide();
  private final CountDownLatch inside = new CountDownLatch(1);
  private final CountDownLatch mayLeave = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();

  @AfterEach
  void letEveryoneGo() throws InterruptedException {
    guard.releaseExclusive();
    mayLeave.countDown();
    for (Thread thread : threads) {
      thread.interrupt();
      thread.join();
    }
  }

  @Test
  void a_guarded_call_waits_while_we_have_it_to_ourselves() throws Exception {
    assertThat(guard.tryExclusive(SHORT)).isTrue();
    Thread thread = start(this::guardedCall);
    awaitSleep(thread);

    assertThat(inside.getCount()).isOne();
    guard.releaseExclusive();
    assertThat(inside.await(LONG, MILLISECONDS)).isTrue();
  }

  @Test
  void guarded_calls_don_t_wait_for_each_other() throws Exception {
    Thread first = start(this::guardedCall);
    inside.await();

    app.lock();
    app.unlock();
    assertThat(first.isAlive()).isTrue();
  }

  @Test
  void we_wait_for_a_guarded_call_and_no_longer() throws Exception {
    start(this::busyCall);
    inside.await();
    AtomicBoolean got = new AtomicBoolean();
    long began = System.nanoTime();
    Thread ours = start(() -> got.set(guard.tryExclusive(LONG)));
    awaitSleep(ours);
    assertThat(got).isFalse();

    mayLeave.countDown();
    ours.join();
    assertThat(got).isTrue();
    assertThat(NANOSECONDS.toMillis(System.nanoTime() - began)).isLessThan(LONG / 2);
  }

  @Test
  void a_call_that_does_not_end_is_told_in_time_and_the_others_go_on() throws Exception {
    start(this::busyCall);
    inside.await();

    assertThat(guard.tryExclusive(SHORT)).isFalse();
    Thread other =
        start(
            () -> {
              app.lock();
              app.unlock();
            });
    other.join(SHORT + 500);
    assertThat(other.isAlive()).as("waits for a period that is none").isFalse();
  }

  @Test
  void the_app_never_waits_for_longer_than_a_second() throws Exception {
    assertThat(guard.tryExclusive(SHORT)).isTrue();
    long began = System.nanoTime();
    start(this::guardedCall);

    assertThat(inside.await(LONG, MILLISECONDS)).isTrue();
    assertThat(NANOSECONDS.toMillis(System.nanoTime() - began)).isBetween(900L, 5000L);
  }

  @Test
  void an_interrupted_thread_waits_too_and_stays_interrupted() throws Exception {
    assertThat(guard.tryExclusive(SHORT)).isTrue();
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread thread =
        start(
            () -> {
              Thread.currentThread().interrupt();
              app.lock();
              interrupted.set(Thread.interrupted());
              app.unlock();
              inside.countDown();
            });
    awaitSleep(thread);

    assertThat(inside.getCount()).isOne();
    guard.releaseExclusive();
    inside.await();
    assertThat(interrupted).isTrue();
  }

  @Test
  void our_own_thread_goes_through_while_we_have_it_to_ourselves() {
    assertThat(guard.tryExclusive(SHORT)).isTrue();
    long began = System.nanoTime();

    app.lock();
    app.unlock();

    assertThat(NANOSECONDS.toMillis(System.nanoTime() - began)).isLessThan(500);
  }

  @Test
  void leaving_without_having_entered_does_nothing() {
    assertThatCode(
            () -> {
              app.unlock();
              guard.releaseExclusive();
              guard.tryExclusive(SHORT);
              app.unlock();
              guard.releaseExclusive();
              guard.releaseExclusive();
              app.unlock();
            })
        .doesNotThrowAnyException();
  }

  @Test
  void a_hold_that_was_lost_ends_with_the_thread_s_next_call() throws Exception {
    start(
        () -> {
          app.lock(); // and the call throws
          app.lock();
          app.unlock();
          inside.countDown();
          spinUntilTheEnd();
        });
    inside.await();

    assertThat(guard.tryExclusive(SHORT)).isTrue();
  }

  @Test
  void a_hold_that_was_lost_ends_with_the_thread() throws Exception {
    start(app::lock).join();

    assertThat(guard.tryExclusive(0)).isTrue();
  }

  @Test
  void a_hold_that_was_lost_ends_when_the_thread_sleeps() throws Exception {
    Thread thread =
        start(
            () -> {
              app.lock();
              await(mayLeave);
            });
    awaitSleep(thread);

    assertThat(guard.tryExclusive(SHORT)).isTrue();
  }

  @Test
  void our_own_lost_hold_is_not_in_our_way() {
    app.lock();

    assertThat(guard.tryExclusive(0)).isTrue();
  }

  @Test
  void nobody_is_inside_while_we_have_it_to_ourselves() throws Exception {
    AtomicBoolean ours = new AtomicBoolean();
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger calls = new AtomicInteger();
    AtomicInteger intruders = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      start(
          () -> {
            while (!over.get()) {
              app.lock();
              for (int look = 0; look < 20; look++) {
                if (ours.get()) {
                  intruders.incrementAndGet();
                }
              }
              calls.incrementAndGet();
              app.unlock();
            }
          });
    }
    int periods = 0;
    long end = System.nanoTime() + SECONDS.toNanos(1);
    while (System.nanoTime() < end) {
      if (guard.tryExclusive(LONG)) {
        periods++;
        ours.set(true);
        spin(5_000);
        ours.set(false);
        guard.releaseExclusive();
      }
      spin(100_000);
    }
    over.set(true);

    assertThat(periods).as("periods").isGreaterThan(10);
    assertThat(calls).as("calls").hasValueGreaterThan(periods);
    assertThat(intruders).hasValue(0);
  }

  private static void spin(long nanos) {
    for (long end = System.nanoTime() + nanos; System.nanoTime() < end; ) {
      Thread.onSpinWait();
    }
  }

  private void guardedCall() {
    app.lock();
    inside.countDown();
    await(mayLeave);
    app.unlock();
  }

  /** As a thread in a native call looks: runnable. */
  private void busyCall() {
    app.lock();
    inside.countDown();
    spinUntilTheEnd();
    app.unlock();
  }

  private void spinUntilTheEnd() {
    while (mayLeave.getCount() > 0) {
      Thread.yield();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException atTheEnd) {
      Thread.currentThread().interrupt();
    }
  }

  private Thread start(Runnable task) {
    Thread thread = new Thread(task);
    threads.add(thread);
    thread.start();
    return thread;
  }

  private static void awaitSleep(Thread thread) {
    long deadline = System.nanoTime() + SECONDS.toNanos(10);
    while (thread.getState() != Thread.State.TIMED_WAITING
        && thread.getState() != Thread.State.WAITING) {
      assertThat(System.nanoTime()).as("does not sleep: " + thread.getState()).isLessThan(deadline);
      LockSupport.parkNanos(100_000);
    }
  }
}
