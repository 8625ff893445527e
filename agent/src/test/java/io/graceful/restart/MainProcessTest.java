package io.graceful.restart;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.config.Options;
import io.graceful.handover.Frame.Type;
import io.graceful.log.Log;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.NotifyReceiver;
import io.graceful.os.ReactorThread;
import io.graceful.sockets.BoundSockets;
import io.graceful.sockets.Descriptors;
import io.graceful.systemd.NotifySocket;
import io.graceful.systemd.ServiceManager;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What systemd hears of a process, message by message. */
@ExtendWith(LeavesNoDescriptor.class)
class MainProcessTest {

  @RegisterExtension static final ReactorThread REACTOR = new ReactorThread();

  @TempDir Path directory;

  private final FakeSuccessor successor = new FakeSuccessor();
  private final BoundSockets bound = new BoundSockets();
  private Selector selector;
  private ServerSocketChannel server;
  private String serves;
  private int asked;
  private boolean toldBefore;
  private NotifyReceiver systemd;
  private CapturedStderr stderr;
  private Lifecycle lifecycle;

  @BeforeEach
  void serve() throws Exception {
    stderr = new CapturedStderr(directory.resolve("stderr"));
    systemd = new NotifyReceiver(directory.resolve("notify").toString());
    selector = Selector.open();
    server =
        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    server.configureBlocking(false);
    bound.record(Descriptors.of(server), false);
    serves = "generation 1 serves on [127.0.0.1:" + server.socket().getLocalPort() + "]";
    configure("");
  }

  private void configure(String more) throws Exception {
    Log log = new Log(7, Log.Level.INFO);
    Options options =
        Options.read(
            "soak=1440m,drain.timeout=1440m,shutdown.timeout=2s,hook.timeout=1s,ready.timeout=3s,"
                + "stop.timeout=0,drain.quiet=0,move=off"
                + more,
            Map.of());
    ServiceManager manager =
        new ServiceManager(
            new NotifySocket(LIBC, REACTOR.reactor, log, directory.resolve("notify").toString()),
            null,
            false);
    ProcessExit exit = new ProcessExit(log, 0);
    lifecycle =
        new Lifecycle(
            new Surroundings(
                7,
                options,
                log,
                LIBC,
                REACTOR.reactor,
                bound,
                null,
                successor,
                exit,
                manager,
                null),
            null);
  }

  @AfterEach
  void end() throws Exception {
    REACTOR.settle();
    successor.hangUp();
    systemd.close();
    stderr.close();
    selector.close();
    server.close();
  }

  /** Who is told so may ask for a restart at once. */
  @Test
  void before_it_is_ready_it_can_be_asked() throws Exception {
    REACTOR.run(
        () ->
            lifecycle.beforeReady(
                () -> {
                  asked++;
                  toldBefore = !systemd.isEmpty();
                }));
    start();

    assertThat(asked).isEqualTo(1);
    assertThat(toldBefore).isFalse();
  }

  @Test
  void a_failed_restart_is_a_reload_that_is_over() throws Exception {
    start();
    trigger();
    assertThat(systemd.next()).matches(reloading("\\Q" + serves + "\\E; generation 2 is starting"));

    successor.die();
    assertThat(systemd.next())
        .isEqualTo(
            ready(
                "; restart failed: pid "
                    + successor.pid()
                    + " was killed by signal 9 before its agent had started"));
    assertThat(systemd.isEmpty()).isTrue();
  }

  @Test
  void one_that_is_taken_back_after_the_handover_too() throws Exception {
    start();
    handOver();
    assertThat(systemd.next()).startsWith("RELOADING=1\n");
    assertThat(systemd.next())
        .isEqualTo("STATUS=pid " + successor.pid() + " serves, as generation 2; pid 7 is draining");

    successor.die();
    assertThat(systemd.next())
        .isEqualTo(
            ready(
                "; restart failed: pid "
                    + successor.pid()
                    + " was killed by signal 9 after it took over"));
    assertThat(systemd.isEmpty()).isTrue();
  }

  @Test
  void one_that_is_held_is_no_reload_until_it_is_committed() throws Exception {
    start();
    REACTOR.run(
        () ->
            lifecycle.restartRequested(
                new RestartRequest("test", new Progress() {}, null, null, true)));
    beReady();
    assertThat(systemd.next()).startsWith("RELOADING=1\n");
    assertThat(systemd.next()).isEqualTo(ready("; pid " + successor.pid() + " is ready and held"));

    REACTOR.run(() -> lifecycle.commit(new Progress() {}));
    assertThat(systemd.next())
        .matches(
            reloading("pid " + successor.pid() + " serves, as generation 2; pid 7 is draining"));
    successor.die();
    assertThat(systemd.next()).startsWith(ready("; restart failed: "));
  }

  @Test
  void one_that_was_given_more_time_may_take_it() throws Exception {
    start();
    REACTOR.run(
        () ->
            lifecycle.restartRequested(
                new RestartRequest("test", new Progress() {}, "10m", null, false)));

    assertThat(systemd.next()).contains("\nEXTEND_TIMEOUT_USEC=87004000000\n");
    successor.die();
    assertThat(systemd.next()).startsWith("READY=1\n");
  }

  /** The successor decides at the end of ready.timeout, and this process waits for its word. */
  @Test
  void one_that_may_drop_listeners_takes_longer() throws Exception {
    configure(",unclaimed=drop");
    start();
    trigger();

    assertThat(systemd.next()).contains("\nEXTEND_TIMEOUT_USEC=86412000000\n");
    successor.die();
    assertThat(systemd.next()).startsWith("READY=1\n");
  }

  @Test
  void one_that_is_refused_is_answered_so_that_nobody_waits() throws Exception {
    start();
    REACTOR.run(() -> lifecycle.disable("why not"));
    trigger();

    assertThat(systemd.next())
        .matches(
            "RELOADING=1\nMONOTONIC_USEC=\\d+\nREADY=1\nSTATUS=\\Q"
                + serves
                + "\\E; restart refused: why not");
  }

  @Test
  void a_second_trigger_does_not_end_the_reload() throws Exception {
    start();
    trigger();
    trigger();
    stderr.await(
        "graceful[7]: SIGUSR2: restart refused: one is under way already, pid "
            + successor.pid()
            + " is starting");
    assertThat(systemd.next()).startsWith("RELOADING=1\n");
    assertThat(systemd.isEmpty()).isTrue();
    successor.die();
    assertThat(systemd.next()).startsWith("READY=1\n");
  }

  @Test
  void a_stop_is_told_before_it_begins() throws Exception {
    start();
    REACTOR.run(() -> lifecycle.stopRequested("TERM", () -> {}));

    assertThat(systemd.next()).isEqualTo("STOPPING=1\nSTATUS=generation 1 is stopping: SIGTERM");
  }

  private void start() throws Exception {
    server.register(selector, SelectionKey.OP_ACCEPT);
    selector.selectNow(); // From now on its epoll waits for clients.
    REACTOR.run(lifecycle::start);
    assertThat(systemd.next()).isEqualTo(ready(""));
  }

  private String ready(String more) {
    return "READY=1\nMAINPID=7\nSTATUS=" + serves + more;
  }

  /** The longest that the options allow is more than a day here. */
  private static String reloading(String status) {
    return "RELOADING=1\nMONOTONIC_USEC=\\d+\nEXTEND_TIMEOUT_USEC=86407000000\nSTATUS=" + status;
  }

  private void handOver() throws Exception {
    trigger();
    beReady();
    assertThat(successor.hear().type()).isEqualTo(Type.HANDED_OVER);
  }

  private void beReady() throws Exception {
    successor.say(Type.HELLO, "1.0");
    successor.hear();
    successor.say(Type.CLAIMED, successor.hear().text());
    successor.say(Type.READY, "");
  }

  private void trigger() throws Exception {
    REACTOR.run(() -> lifecycle.restartRequested("SIGUSR2"));
  }
}
