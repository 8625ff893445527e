package io.graceful.restart;

import static io.graceful.os.NativeLibc.LIBC;
import static java.net.StandardProtocolFamily.INET;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.config.Options;
import io.graceful.handover.Frame;
import io.graceful.handover.Frame.Type;
import io.graceful.handover.Lifeline;
import io.graceful.log.Log;
import io.graceful.os.Await;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ReactorThread;
import io.graceful.sockets.BoundSockets;
import io.graceful.sockets.Descriptors;
import io.graceful.sockets.ListenerKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A restart request that comes when the other process has ended, but before this one has looked.
 * Both happen in one task of the reactor, so that it can't look in between.
 */
@ExtendWith(LeavesNoDescriptor.class)
class LateTriggerTest {

  private static final int PID = 7;

  @RegisterExtension static final ReactorThread REACTOR = new ReactorThread();

  @TempDir Path directory;

  private final FakeSuccessor successor = new FakeSuccessor();
  private final BoundSockets bound = new BoundSockets();
  private ServerSocketChannel server;
  private String address;
  private CapturedStderr stderr;

  @BeforeEach
  void serve() throws Exception {
    server = ServerSocketChannel.open(INET);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    address = "127.0.0.1:" + server.socket().getLocalPort();
    bound.record(Descriptors.of(server), false);
    stderr = new CapturedStderr(directory.resolve("stderr"));
  }

  @AfterEach
  void end() throws Exception {
    successor.hangUp();
    stderr.close();
    server.close();
  }

  @Test
  void is_taken_by_a_successor_whose_predecessor_has_just_ended() throws Exception {
    Lifeline[] ends = Lifeline.pair(LIBC);
    Lifeline predecessor = ends[0];
    Takeover takeover = receiveFrom(predecessor, ends[1]);
    Lifecycle lifecycle = new Lifecycle(world(), takeover);
    try (Selector selector = Selector.open();
        ServerSocketChannel fresh = ServerSocketChannel.open(INET)) {
      REACTOR.run(lifecycle::start);
      acceptOn(fresh, selector, takeover);
      awaitReady(predecessor);
      predecessor.send(new Frame(Type.HANDED_OVER, 0, ""));
      stderr.awaitBeginning(
          "graceful[7]: generation 2 serves on [" + address + "], taken over from pid ");

      REACTOR.call(
          () -> {
            predecessor.close();
            lifecycle.restartRequested("SIGUSR2");
            return null;
          });

      assertThat(successor.starts()).as("started").isEqualTo(1);
      stderr.await("graceful[7]: restart: started pid " + successor.pid());
      successor.say(Type.HELLO, "1.0");
      assertThat(successor.hear().text()).as("generation").isEqualTo("3");
      endRestart("before it was ready");
    }
  }

  @Test
  void is_taken_by_a_predecessor_whose_successor_has_just_ended() throws Exception {
    Lifecycle lifecycle = new Lifecycle(world(), null);
    REACTOR.run(() -> lifecycle.restartRequested("SIGUSR2"));
    int first = successor.pid();

    REACTOR.call(
        () -> {
          successor.die();
          Await.until("the end of the successor", () -> isZombie(first));
          lifecycle.restartRequested("SIGUSR2");
          return null;
        });

    assertThat(successor.starts()).as("started").isEqualTo(2);
    stderr.await(
        "graceful[7]: restart failed: pid "
            + first
            + " was killed by signal 9 before its agent had started; still serving on "
            + address);
    endRestart("before its agent had started");
  }

  /** Speaks for the predecessor, which hands over the server's listener. */
  private Takeover receiveFrom(Lifeline predecessor, Lifeline ours) throws Exception {
    ListenerKey key = ListenerKey.ofBound(LIBC, Descriptors.of(server));
    predecessor.send(new Frame(Type.LISTENERS, 1, "2"));
    predecessor.send(new Frame(Type.LISTENER, 0, key.text()), Descriptors.of(server));
    Takeover takeover = Takeover.receive(LIBC, ours, PID, "1.0");
    assertThat(predecessor.await(30_000).frame.type()).isEqualTo(Type.HELLO);
    return takeover;
  }

  /** What an app does that serves with a selector. */
  private static void acceptOn(ServerSocketChannel fresh, Selector selector, Takeover takeover)
      throws Exception {
    fresh.configureBlocking(false);
    ListenerKey key = takeover.sockets().keys().get(0);
    assertThat(takeover.sockets().adopt(key, Descriptors.of(fresh))).isTrue();
    fresh.register(selector, SelectionKey.OP_ACCEPT);
    selector.selectNow();
  }

  private static void awaitReady(Lifeline predecessor) throws IOException {
    assertThat(predecessor.await(30_000).frame.type()).isEqualTo(Type.CLAIMED);
    assertThat(predecessor.await(30_000).frame.type()).isEqualTo(Type.READY);
  }

  private void endRestart(String when) throws Exception {
    successor.die();
    stderr.await(
        "graceful[7]: restart failed: pid "
            + successor.pid()
            + " was killed by signal 9 "
            + when
            + "; still serving on "
            + address);
    REACTOR.settle();
  }

  private Surroundings world() throws Exception {
    // Nothing here may come to its end: that would be System.exit.
    String options = "soak=1440m,drain.timeout=1440m,shutdown.timeout=1440m,move=off";
    Log log = new Log(PID, Log.Level.INFO);
    return new Surroundings(
        PID,
        Options.read(options, Map.of()),
        log,
        LIBC,
        REACTOR.reactor,
        bound,
        null,
        successor,
        new ProcessExit(log, 0),
        null,
        null);
  }

  private static boolean isZombie(int pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    return stat.startsWith(") Z ", stat.lastIndexOf(')'));
  }
}
