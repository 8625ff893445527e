package io.graceful.restart;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.config.Options;
import io.graceful.handover.Frame;
import io.graceful.handover.Frame.Type;
import io.graceful.log.Log;
import io.graceful.os.Await;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ProcFs;
import io.graceful.os.ReactorThread;
import io.graceful.sockets.BoundSockets;
import io.graceful.sockets.Descriptors;
import io.graceful.sockets.ListenerKey;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A predecessor with a real listener, and a successor that the test speaks for. */
@ExtendWith(LeavesNoDescriptor.class)
class LifecycleTest {

  /** Nothing here may come to its end: that would be System.exit. */
  private static final String LONG =
      "soak=1440m,drain.timeout=1440m,shutdown.timeout=1440m,move=off";

  @RegisterExtension static final ReactorThread REACTOR = new ReactorThread();

  @TempDir Path directory;

  private final FakeSuccessor successor = new FakeSuccessor();
  private final BoundSockets bound = new BoundSockets();
  private final Events events = new Events();
  private ServerSocketChannel server;
  private String address;
  private CapturedStderr stderr;
  private Lifecycle lifecycle;

  @BeforeEach
  void serve() throws Exception {
    server =
        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    server.configureBlocking(false);
    address = "127.0.0.1:" + server.socket().getLocalPort();
    bound.record(Descriptors.of(server), false);
    stderr = new CapturedStderr(directory.resolve("stderr"));
    lifecycle = lifecycle(LONG);
  }

  @AfterEach
  void end() throws Exception {
    REACTOR.settle();
    successor.hangUp();
    stderr.close();
    server.close();
  }

  @Test
  void a_start_that_fails_changes_nothing_and_can_be_tried_again() throws Exception {
    successor.failToStart(new IOException("/usr/bin/java does not exist"));

    for (int attempt = 1; attempt <= 3; attempt++) {
      trigger("attempt " + attempt);
      assertThat(successor.starts()).isEqualTo(attempt);
    }

    stderr.await(
        "graceful[7]: restart failed: /usr/bin/java does not exist; still serving on " + address);
    assertThatServing();
  }

  @Test
  void a_start_that_fails_with_an_error_can_be_tried_again() throws Exception {
    successor.failToStart(new UnsatisfiedLinkError("the C library has no function f"));

    trigger("first");
    trigger("second");

    assertThat(successor.starts()).isEqualTo(2);
    stderr.await(
        "graceful[7]: restart failed: the C library has no function f; still serving on "
            + address);
  }

  @Test
  void a_start_without_memory_can_be_tried_again() throws Exception {
    successor.failToStart(new OutOfMemoryError("Java heap space"));

    trigger("first");
    trigger("second");

    assertThat(successor.starts()).isEqualTo(2);
    stderr.await(
        "graceful[7]: restart failed: java.lang.OutOfMemoryError: Java heap space; still serving on "
            + address);
    assertThatServing();
  }

  @Test
  void a_failed_start_closes_its_lifeline_once() throws Exception {
    int[] theirs = new int[1];
    successor.failToStart(
        new IOException("x") {
          @Override
          public String getMessage() {
            try {
              // What an app thread may do meanwhile: it gets the number that was just freed.
              theirs[0] = LIBC.duplicate(0);
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
            return "x";
          }
        });
    trigger("SIGUSR2");
    assertThat(ProcFs.target(theirs[0])).as("a descriptor that is not ours").isNotNull();
    LIBC.close(theirs[0]);
  }

  @Test
  void without_a_listener_nothing_is_started() throws Exception {
    server.close();

    trigger("SIGUSR2");

    stderr.await(
        "graceful[7]: restart failed: there is no listening socket to hand over; still serving");
    assertThat(successor.starts()).isZero();
  }

  @Test
  void a_second_trigger_is_refused_while_the_first_is_under_way() throws Exception {
    trigger("SIGUSR2");
    int pid = successor.pid();

    trigger("SIGUSR2");
    stderr.await(
        "graceful[7]: SIGUSR2: restart refused: one is under way already, pid "
            + pid
            + " is starting");
    assertThat(successor.starts()).isEqualTo(1);

    successor.die();
    stderr.await(
        "graceful[7]: restart failed: pid "
            + pid
            + " was killed by signal 9 before its agent had started; still serving on "
            + address);
    assertThatServing();
  }

  @Test
  void without_a_handle_the_end_of_one_restart_does_not_end_the_next() throws Exception {
    successor.haveNoHandle();
    trigger("SIGUSR2");
    successor.die();
    Await.until(
        "the second one begins before the first one's look",
        () -> {
          trigger("SIGUSR2");
          return successor.starts() == 2;
        });

    CountDownLatch later = new CountDownLatch(1);
    REACTOR.run(() -> REACTOR.reactor.after(100, later::countDown));
    assertThat(later.await(30, TimeUnit.SECONDS)).isTrue();
    trigger("SIGUSR2");
    assertThat(successor.starts()).as("the second one is still under way").isEqualTo(2);
    successor.die();
    Await.until(
        "it is reaped",
        () -> {
          AtomicReference<String> refusal = new AtomicReference<>();
          REACTOR.run(() -> refusal.set(lifecycle.abort()));
          return "no restart is under way".equals(refusal.get());
        });
  }

  @Test
  void of_one_that_another_reaps_it_is_not_said_that_its_agent_had_not_started() throws Exception {
    successor.beForeign();
    trigger("SIGUSR2");
    successor.die();

    successor.reap();
    stderr.await(
        "graceful[7]: restart failed: pid "
            + successor.pid()
            + " ended before it was ready; still serving on "
            + address);
  }

  @Test
  void after_a_failed_one_a_restart_is_taken_again() throws Exception {
    for (int attempt = 1; attempt <= 2; attempt++) {
      trigger("SIGUSR2");
      assertThat(successor.starts()).isEqualTo(attempt);
      successor.die();
      stderr.await(killedBefore("its agent had started"));
      REACTOR.settle();
    }
  }

  @Test
  void a_successor_gets_the_listeners_and_its_generation() throws Exception {
    trigger("SIGUSR2");
    successor.say(Type.HELLO, "1.0");

    Frame listeners = successor.hear();
    assertThat(listeners.type()).isEqualTo(Type.LISTENERS);
    assertThat(listeners.number()).isEqualTo(1);
    assertThat(listeners.text()).isEqualTo("2");
    Frame listener = successor.hear();
    assertThat(listener.type()).isEqualTo(Type.LISTENER);
    assertThat(listener.text()).endsWith(" " + address);
    assertThatServing();

    successor.die();
    stderr.await(failedBeforeReady());
  }

  @Test
  void lets_go_when_the_successor_is_ready_and_serves_again_when_it_dies() throws Exception {
    handOver();
    try (SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
      assertThat(server.accept()).as("the successor's").isNull();
      trigger("SIGUSR2");
      stderr.await(
          "graceful[7]: SIGUSR2: restart refused: this process is draining, pid "
              + successor.pid()
              + " serves now: ask that one");

      successor.die();
      stderr.await(
          "graceful[7]: restart failed: pid "
              + successor.pid()
              + " was killed by signal 9 after it took over; serving again on "
              + address);
      assertThatAccepts(client);
    }
  }

  @Test
  void a_held_one_takes_over_when_it_is_committed() throws Exception {
    hold();
    assertThatServing();
    stderr.await("graceful[7]: pid " + successor.pid() + " is ready and held: both serve");
    assertThat(stateNow()).isEqualTo(Status.State.HELD);
    assertThat(statusNow().successor()).isEqualTo(successor.pid());
    assertThat(refusalOf(() -> lifecycle.restartRequested(RestartRequest.bySignal("SIGUSR2"))))
        .isEqualTo("one is held: commit it, or abort it");

    assertThat(refusalOf(() -> lifecycle.commit(events))).isNull();
    assertThat(successor.hear().type()).isEqualTo(Type.HANDED_OVER);
    assertThat(stateNow()).isEqualTo(Status.State.DRAINING);
    assertThat(refusalOf(() -> lifecycle.commit(events)))
        .isEqualTo("pid " + successor.pid() + " has taken over already");
    assertThat(refusalOf(lifecycle::abort)).contains("is draining");
    assertThat(events.heard)
        .startsWith("spawned", "agentStarted", "claimed 1 of 1", "accepting", "held", "handedOver");

    successor.die();
    Await.until("the failure", () -> events.heard.contains("failed"));
    assertThatServing();
  }

  @Test
  void a_held_one_goes_when_it_is_aborted() throws Exception {
    lifecycle = lifecycle("drain.timeout=0,soak=1440m");
    hold();

    assertThat(refusalOf(lifecycle::abort)).isNull();
    assertThat(successor.hear().type()).isEqualTo(Type.ABORT);
    stderr.await(
        "graceful[7]: restart failed: the operator took it back; still serving on " + address);
    stderr.await("graceful[7]: pid " + successor.pid() + " was killed by signal 15");
    assertThatServing();
    assertThat(refusalOf(lifecycle::abort)).isEqualTo("no restart is under way");
    assertThat(refusalOf(() -> lifecycle.commit(events))).isEqualTo("no restart is under way");
  }

  @Test
  void a_held_one_that_dies_changes_nothing() throws Exception {
    hold();
    successor.die();

    stderr.await(
        "graceful[7]: restart failed: pid "
            + successor.pid()
            + " was killed by signal 9 while it was held; still serving on "
            + address);
    assertThatServing();
  }

  @Test
  void a_restart_that_is_not_held_can_be_taken_back_but_not_committed() throws Exception {
    trigger("SIGUSR2");
    assertThat(refusalOf(() -> lifecycle.commit(events))).startsWith("one is under way already");

    assertThat(refusalOf(lifecycle::abort)).isNull();
    stderr.await("graceful[7]: pid " + successor.pid() + " was killed by signal 15");
    assertThatServing();
  }

  @Test
  void a_request_may_have_a_deadline_of_its_own() throws Exception {
    REACTOR.run(
        () -> lifecycle.restartRequested(new RestartRequest("test", events, "50ms", null, false)));

    stderr.await(
        "graceful[7]: restart failed: pid "
            + successor.pid()
            + " was not ready within 50ms: its JVM did not start the agent; still serving on "
            + address);
    stderr.await("graceful[7]: pid " + successor.pid() + " was killed by signal 15");
  }

  @Test
  void tells_what_it_is_doing_and_how_restarts_went() throws Exception {
    assertThat(stateNow()).isEqualTo(Status.State.SERVING);
    assertThat(statusNow().successor()).isZero();
    trigger("SIGUSR2");
    assertThat(stateNow()).isEqualTo(Status.State.RESTARTING);
    successor.die();
    stderr.await(killedBefore("its agent had started"));
    REACTOR.settle();

    Status status = statusNow();
    assertThat(status.generation()).isEqualTo(1);
    assertThat(status.listeners()).extracting(Object::toString).containsExactly(address);
    assertThat(status.restarts())
        .singleElement()
        .satisfies(
            restart -> {
              assertThat(restart.pid()).isEqualTo(successor.pid());
              assertThat(restart.failure()).contains("before its agent had started");
            });
    REACTOR.run(() -> lifecycle.disable("why not"));
    assertThat(stateNow()).isEqualTo(Status.State.DISABLED);
    assertThat(statusNow().refusal()).isEqualTo("why not");
  }

  @Test
  void a_newcomer_takes_over_and_when_it_ends_this_process_serves_again() throws Exception {
    assertThat(refusalOf(() -> lifecycle.restartRequested(byNewcomer()))).isNull();
    int pid = successor.pid();
    stderr.await("graceful[7]: restart: pid " + pid + " has asked to take over");
    assertThat(refusalOf(() -> lifecycle.restartRequested(byNewcomer())))
        .isEqualTo("one is under way already, pid " + pid + " is starting");
    stderr.await(
        "graceful[7]: takeover by pid 9: restart refused: one is under way already, pid "
            + pid
            + " is starting");
    getReady();
    assertThat(statusNow().restarts())
        .singleElement()
        .satisfies(restart -> assertThat(restart.pid()).isEqualTo(pid));

    successor.die();
    stderr.await(
        "graceful[7]: restart failed: pid "
            + pid
            + " ended after it took over; serving again on "
            + address);
    assertThatServing();
    successor.reap();
  }

  @Test
  void a_newcomer_may_take_over_where_a_child_of_this_process_may_not() throws Exception {
    REACTOR.run(() -> lifecycle.refuseOwnSuccessors("why not"));

    trigger("SIGUSR2");
    stderr.await("graceful[7]: SIGUSR2: restart refused: why not");
    assertThat(successor.starts()).isZero();

    assertThat(refusalOf(() -> lifecycle.restartRequested(byNewcomer()))).isNull();
    stderr.await("graceful[7]: restart: pid " + successor.pid() + " has asked to take over");
    successor.die();
    stderr.await(
        "graceful[7]: restart failed: pid "
            + successor.pid()
            + " ended before it was ready; still serving on "
            + address);
    successor.reap();
  }

  @Test
  void a_newcomer_that_ends_before_it_is_ready_changes_nothing() throws Exception {
    assertThat(refusalOf(() -> lifecycle.restartRequested(byNewcomer()))).isNull();
    successor.die();
    stderr.await(
        "graceful[7]: restart failed: pid "
            + successor.pid()
            + " ended before it was ready; still serving on "
            + address);
    assertThatServing();
    successor.reap();
    assertThat(events.heard).containsExactly("spawned", "failed");
    REACTOR.settle();
    assertThat(stateNow()).isEqualTo(Status.State.SERVING);
  }

  @Test
  void a_newcomer_that_hangs_is_told_to_go() throws Exception {
    lifecycle = lifecycle("ready.timeout=50ms,drain.timeout=0,soak=1440m");
    assertThat(refusalOf(() -> lifecycle.restartRequested(byNewcomer()))).isNull();
    stderr.await(
        "graceful[7]: restart failed: pid "
            + successor.pid()
            + " was not ready within 50ms: its JVM did not start the agent; still serving on "
            + address);
    stderr.await("graceful[7]: pid " + successor.pid() + " ended");
    assertThat(successor.reap()).isEqualTo("was killed by signal 15");
    assertThatServing();
  }

  @Test
  void a_newcomer_that_has_gone_changes_nothing() throws Exception {
    IOException gone = new IOException("pid 9 has gone");
    RestartRequest request =
        RestartRequest.by(
            "takeover by pid 9",
            events,
            lifeline -> {
              throw gone;
            });
    assertThat(refusalOf(() -> lifecycle.restartRequested(request))).isNull();
    stderr.await("graceful[7]: restart failed: pid 9 has gone; still serving on " + address);
    assertThat(events.heard).containsExactly("failed");
    assertThat(stateNow()).isEqualTo(Status.State.SERVING);
    assertThatServing();
  }

  private RestartRequest byNewcomer() {
    return RestartRequest.by("takeover by pid 9", events, successor::join);
  }

  /** Until the successor is ready. */
  private void hold() throws Exception {
    REACTOR.run(
        () -> lifecycle.restartRequested(new RestartRequest("test", events, null, null, true)));
    successor.say(Type.HELLO, "1.0");
    successor.hear();
    successor.say(Type.CLAIMED, successor.hear().text());
    successor.say(Type.READY, "");
    Await.until("ready", () -> events.heard.contains("held"));
  }

  private Status.State stateNow() throws Exception {
    return statusNow().state();
  }

  private Status statusNow() throws Exception {
    CompletableFuture<Status> status = new CompletableFuture<>();
    REACTOR.run(() -> tellStatus(status));
    return status.get();
  }

  private void tellStatus(CompletableFuture<Status> whom) {
    try {
      whom.complete(lifecycle.status());
    } catch (IOException blind) {
      whom.completeExceptionally(blind);
    }
  }

  private static String refusalOf(Supplier<String> request) throws Exception {
    CompletableFuture<String> refusal = new CompletableFuture<>();
    REACTOR.run(() -> refusal.complete(request.get()));
    return refusal.get();
  }

  /** In words. */
  private static final class Events implements Progress {
    final List<String> heard = new CopyOnWriteArrayList<>();

    @Override
    public void spawned(int pid) {
      heard.add("spawned");
    }

    @Override
    public void agentStarted() {
      heard.add("agentStarted");
    }

    @Override
    public void claimed(ListenerKey listener, int claimed, int all) {
      heard.add("claimed " + claimed + " of " + all);
    }

    @Override
    public void accepting(int successor) {
      heard.add("accepting");
    }

    @Override
    public void held(int successor) {
      heard.add("held");
    }

    @Override
    public void handedOver(int successor) {
      heard.add("handedOver");
    }

    @Override
    public void failed(String reason) {
      heard.add("failed");
    }
  }

  @Test
  void a_successor_that_does_not_bind_is_told_to_go() throws Exception {
    lifecycle = lifecycle("ready.timeout=200ms,drain.timeout=0,soak=1440m");
    trigger("SIGUSR2");
    successor.say(Type.HELLO, "1.0");

    stderr.await(
        "graceful[7]: restart failed: pid "
            + successor.pid()
            + " was not ready within 200ms: it did not bind ["
            + address
            + "]; still serving on "
            + address);
    successor.hear();
    successor.hear();
    assertThat(successor.hear().type()).isEqualTo(Type.ABORT);
    stderr.await("graceful[7]: pid " + successor.pid() + " was killed by signal 15");
    assertThatServing();
  }

  @Test
  void a_successor_that_bound_but_does_not_accept_is_told_to_go() throws Exception {
    lifecycle = lifecycle("ready.timeout=200ms,drain.timeout=0,soak=1440m");
    trigger("SIGUSR2");
    successor.say(Type.HELLO, "1.0");
    successor.hear();
    successor.say(Type.CLAIMED, successor.hear().text());

    stderr.await(
        "graceful[7]: restart failed: pid "
            + successor.pid()
            + " was not ready within 200ms: it bound but does not accept; still serving on "
            + address);
    assertThat(successor.hear().type()).isEqualTo(Type.ABORT);
    stderr.await("graceful[7]: pid " + successor.pid() + " was killed by signal 15");
  }

  @Test
  void a_successor_without_an_agent_is_ended() throws Exception {
    lifecycle = lifecycle("ready.timeout=50ms,soak=1440m");
    trigger("SIGUSR2");

    stderr.await(
        "graceful[7]: restart failed: pid "
            + successor.pid()
            + " was not ready within 50ms: its JVM did not start the agent; still serving on "
            + address);
    stderr.await("graceful[7]: pid " + successor.pid() + " was killed by signal 15");
  }

  @Test
  void a_successor_of_another_protocol_is_ended() throws Exception {
    trigger("SIGUSR2");
    successor.sendRaw(new byte[] {99, 0, 0, 0, 0, 0, 0, 0});

    stderr.await(
        "graceful[7]: restart failed: can't talk to pid "
            + successor.pid()
            + ": its graceful.jar speaks version 99 of the protocol, ours version 1; still serving on "
            + address);
    stderr.await("graceful[7]: pid " + successor.pid() + " was killed by signal 15");
  }

  @Test
  void ready_before_hello_is_ignored() throws Exception {
    trigger("SIGUSR2");
    successor.say(Type.READY, "");
    successor.say(Type.HELLO, "1.0");

    assertThat(successor.hear().type()).isEqualTo(Type.LISTENERS);
    assertThatServing();
    successor.die();
    stderr.await(failedBeforeReady());
  }

  @Test
  void where_restarts_are_disabled_the_reason_is_given() throws Exception {
    REACTOR.run(() -> lifecycle.disable("a bind does not reach the agent"));

    trigger("SIGUSR2");

    stderr.await("graceful[7]: SIGUSR2: restart refused: a bind does not reach the agent");
    assertThat(successor.starts()).isZero();
  }

  @Test
  void a_stop_lets_go_of_the_listener_and_then_does_what_it_did() throws Exception {
    CompletableFuture<String> proceeded = new CompletableFuture<>();

    REACTOR.run(() -> lifecycle.stopRequested("TERM", () -> proceeded.complete("proceeded")));

    assertThat(proceeded.get(30, TimeUnit.SECONDS)).isEqualTo("proceeded");
    stderr.await("graceful[7]: SIGTERM: stopping, no longer accepting on [" + address + "]");
    trigger("SIGUSR2");
    stderr.await("graceful[7]: SIGUSR2: restart refused: this process is stopping");
    assertThat(ProcFs.target(Descriptors.of(server))).isNotNull();
    assertThat(LIBC.socketDomain(Descriptors.of(server))).as("a silent one").isEqualTo(1);
  }

  @Test
  void a_stop_waits_for_a_request_unless_it_is_repeated() throws Exception {
    try (SocketChannel client = SocketChannel.open(server.getLocalAddress());
        SocketChannel accepted = server.accept()) {
      client.write(ByteBuffer.allocate(5));
      Queue<String> proceeded = new ConcurrentLinkedQueue<>();
      REACTOR.run(() -> lifecycle.stopRequested("TERM", () -> proceeded.add("TERM")));
      stderr.await("graceful[7]: SIGTERM: stopping, no longer accepting on [" + address + "]");
      REACTOR.settle();
      assertThat(proceeded).isEmpty();

      REACTOR.run(() -> lifecycle.stopRequested("INT", () -> proceeded.add("INT")));
      Await.until("the end", () -> !proceeded.isEmpty());
      assertThat(proceeded).as("once, as the first signal").containsExactly("TERM");
      assertThat(accepted.isOpen()).isTrue();
    }
  }

  @Test
  void a_stop_takes_a_restart_back() throws Exception {
    CompletableFuture<String> proceeded = new CompletableFuture<>();
    trigger("SIGUSR2");

    REACTOR.run(() -> lifecycle.stopRequested("TERM", () -> proceeded.complete("proceeded")));

    stderr.await(
        "graceful[7]: restart failed: SIGTERM stops this process; still serving on " + address);
    stderr.await("graceful[7]: pid " + successor.pid() + " was killed by signal 15");
    assertThat(proceeded.get(30, TimeUnit.SECONDS)).isEqualTo("proceeded");
  }

  @Test
  void a_successor_that_is_told_to_stop_does_not_take_over() throws Exception {
    trigger("SIGUSR2");
    successor.say(Type.HELLO, "1.0");
    successor.hear();
    successor.say(Type.CLAIMED, successor.hear().text());
    successor.say(Type.STOPPING, "");
    successor.say(Type.READY, "");
    settleAll();
    assertThat(refusalOf(() -> lifecycle.commit(events))).endsWith(" got a stop signal");
    assertThatServing();

    successor.die();
    stderr.await(failedBeforeReady());
    assertThatServing();
  }

  @Test
  void a_held_one_that_is_told_to_stop_is_not_committed() throws Exception {
    hold();
    successor.say(Type.STOPPING, "");
    settleAll();
    assertThat(refusalOf(() -> lifecycle.commit(events)))
        .isEqualTo("pid " + successor.pid() + " got a stop signal");
    assertThatServing();

    successor.die();
    stderr.await(
        "graceful[7]: restart failed: pid "
            + successor.pid()
            + " was killed by signal 9 while it was held; still serving on "
            + address);
    assertThatServing();
  }

  /** What was said is read in the round after the one that is under way, at the latest. */
  private void settleAll() throws Exception {
    REACTOR.settle();
    REACTOR.settle();
  }

  @Test
  void out_of_service_it_refuses_clients_and_keeps_connections_until_it_is_resumed()
      throws Exception {
    serveAtAFixedPort();
    try (SocketChannel client = SocketChannel.open(server.getLocalAddress());
        SocketChannel accepted = server.accept()) {
      drain();
      stderr.await("graceful[7]: out of service, no longer accepting on [" + address + "]");
      assertThatThrownBy(this::assertThatServing).isInstanceOf(ConnectException.class);
      accepted.write(ByteBuffer.allocate(5));
      assertThat(client.read(ByteBuffer.allocate(9))).isEqualTo(5);
      Status status = statusNow();
      assertThat(status.state()).isEqualTo(Status.State.LAME_DUCK);
      assertThat(status.listeners()).extracting(Object::toString).containsExactly(address);
      assertThat(status.connections().busy() + status.connections().idle()).isEqualTo(1);

      assertThat(refusalOf(() -> lifecycle.drain(problem -> {})))
          .isEqualTo("this process is out of service already");
      trigger("SIGUSR2");
      stderr.await(
          "graceful[7]: SIGUSR2: restart refused: this process is out of service: resume it first");

      assertThat(refusalOf(lifecycle::resume)).isNull();
      stderr.await("graceful[7]: in service again, accepting on [" + address + "]");
      assertThatServing();
      assertThat(stateNow()).isEqualTo(Status.State.SERVING);
      assertThat(refusalOf(lifecycle::resume)).isEqualTo("this process is in service");
    }
  }

  @Test
  void clients_that_wait_are_accepted_before_it_is_out_of_service() throws Exception {
    serveAtAFixedPort();
    try (SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
      CompletableFuture<String> drained = new CompletableFuture<>();
      assertThat(refusalOf(() -> lifecycle.drain(drained::complete))).isNull();
      assertThatAccepts(client);
      assertThat(drained.get(30, TimeUnit.SECONDS)).isNull();
      assertThat(refusalOf(lifecycle::resume)).isNull();
    }
  }

  @Test
  void resumed_before_it_is_out_of_service_it_accepts_for_good() throws Exception {
    serveAtAFixedPort();
    CompletableFuture<String> drained = new CompletableFuture<>();

    REACTOR.run(
        () -> {
          assertThat(lifecycle.drain(drained::complete)).isNull();
          assertThat(lifecycle.resume()).isNull();
        });

    assertThat(drained.get(30, TimeUnit.SECONDS))
        .isEqualTo("it was resumed before it was out of service");
    for (int i = 0; i < 50; i++) {
      Thread.sleep(1);
      assertThatServing();
    }
    assertThat(stateNow()).isEqualTo(Status.State.SERVING);
  }

  @Test
  void a_stop_before_it_is_out_of_service_is_a_stop() throws Exception {
    serveAtAFixedPort();
    CompletableFuture<String> drained = new CompletableFuture<>();
    CompletableFuture<String> proceeded = new CompletableFuture<>();

    REACTOR.run(
        () -> {
          assertThat(lifecycle.drain(drained::complete)).isNull();
          lifecycle.stopRequested("TERM", () -> proceeded.complete("proceeded"));
        });

    assertThat(proceeded.get(30, TimeUnit.SECONDS)).isEqualTo("proceeded");
    assertThat(drained.get(30, TimeUnit.SECONDS)).isEqualTo("this process is stopping");
    assertThat(stderr.lines()).hasSize(2);
    assertThat(stderr.lines().get(1)).startsWith("graceful[7]: drained in ");
  }

  @Test
  void a_port_that_another_process_took_meanwhile_is_told_of() throws Exception {
    serveAtAFixedPort();
    SocketAddress fixed = server.getLocalAddress();
    drain();
    try (ServerSocketChannel other = ServerSocketChannel.open().bind(fixed)) {
      assertThat(refusalOf(lifecycle::resume))
          .isEqualTo("another process listens on " + address + " by now");
      assertThat(stateNow()).isEqualTo(Status.State.LAME_DUCK);
    }
    assertThat(refusalOf(lifecycle::resume)).isNull();
    assertThatServing();
  }

  @Test
  void a_stop_out_of_service_waits_for_requests_too() throws Exception {
    serveAtAFixedPort();
    CompletableFuture<String> proceeded = new CompletableFuture<>();
    try (SocketChannel client = SocketChannel.open(server.getLocalAddress());
        SocketChannel accepted = server.accept()) {
      drain();
      client.write(ByteBuffer.allocate(5));
      REACTOR.run(() -> lifecycle.stopRequested("TERM", () -> proceeded.complete("proceeded")));
      stderr.await("graceful[7]: SIGTERM: stopping, no longer accepting on [" + address + "]");
      assertThat(refusalOf(lifecycle::resume)).isEqualTo("this process is stopping");
      assertThat(proceeded).isNotDone();
      accepted.close();
    }
    assertThat(proceeded.get(30, TimeUnit.SECONDS)).isEqualTo("proceeded");
  }

  @Test
  void out_of_service_it_needs_a_listener_and_no_restart() throws Exception {
    trigger("SIGUSR2");
    assertThat(refusalOf(() -> lifecycle.drain(problem -> {})))
        .startsWith("one is under way already");
    successor.die();
    stderr.await(killedBefore("its agent had started"));
    REACTOR.settle();

    server.close();
    assertThat(refusalOf(() -> lifecycle.drain(problem -> {})))
        .isEqualTo("it listens on no TCP port that could be taken from it");
    assertThat(stateNow()).isEqualTo(Status.State.SERVING);
  }

  private void drain() throws Exception {
    CompletableFuture<Status> drained = new CompletableFuture<>();
    assertThat(refusalOf(() -> lifecycle.drain(problem -> tellStatus(drained)))).isNull();
    assertThat(drained.get(30, TimeUnit.SECONDS).state()).isEqualTo(Status.State.LAME_DUCK);
  }

  /** A listener whose port the kernel chose does not keep it when it stops listening. */
  private void serveAtAFixedPort() throws Exception {
    SocketAddress chosen = server.getLocalAddress();
    server.close();
    server = ServerSocketChannel.open().bind(chosen);
    server.configureBlocking(false);
    bound.record(Descriptors.of(server), false);
  }

  private Lifecycle lifecycle(String options) throws Exception {
    Options values = Options.read(options + ",stop.timeout=1440m,drain.quiet=0", Map.of());
    Log log = new Log(7, Log.Level.INFO);
    ProcessExit exit = new ProcessExit(log, 0);
    return new Lifecycle(
        new Surroundings(
            7, values, log, LIBC, REACTOR.reactor, bound, null, successor, exit, null, null),
        null);
  }

  private void handOver() throws Exception {
    trigger("SIGUSR2");
    getReady();
  }

  private void getReady() throws Exception {
    successor.say(Type.HELLO, "1.0");
    successor.hear();
    successor.say(Type.CLAIMED, successor.hear().text());
    successor.say(Type.READY, "");
    assertThat(successor.hear().type()).isEqualTo(Type.HANDED_OVER);
  }

  private String failedBeforeReady() {
    return killedBefore("it was ready");
  }

  private String killedBefore(String what) {
    return "graceful[7]: restart failed: pid "
        + successor.pid()
        + " was killed by signal 9 before "
        + what
        + "; still serving on "
        + address;
  }

  private void assertThatServing() throws Exception {
    try (SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
      assertThatAccepts(client);
    }
  }

  private void assertThatAccepts(SocketChannel client) throws Exception {
    REACTOR.settle();
    try (SocketChannel accepted = server.accept()) {
      assertThat(accepted).isNotNull();
      assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
    }
  }

  private void trigger(String source) throws Exception {
    REACTOR.run(() -> lifecycle.restartRequested(source));
  }
}
