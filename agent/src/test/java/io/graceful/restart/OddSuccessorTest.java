package io.graceful.restart;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.config.Options;
import io.graceful.handover.Frame.Type;
import io.graceful.handover.Frames;
import io.graceful.log.Log;
import io.graceful.os.Await;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ProcFs;
import io.graceful.os.ReactorThread;
import io.graceful.sockets.BoundSockets;
import io.graceful.sockets.Descriptors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A successor that says anything, in any order: the predecessor serves on when that one is gone,
 * and can be asked again. How many frames of it are read in all: {@code -Dgraceful.fuzz=N}.
 */
@ExtendWith(LeavesNoDescriptor.class)
class OddSuccessorTest {

  private static final int FRAMES = Integer.getInteger("graceful.fuzz", 5_000);
  private static final int MOST_IN_A_SESSION = 200;
  private static final String LONG =
      "soak=1440m,drain.timeout=1440m,shutdown.timeout=1440m,stop.timeout=1440m,log.level=error";

  @RegisterExtension static final ReactorThread REACTOR = new ReactorThread();

  @TempDir Path directory;

  private final FakeSuccessor successor = new FakeSuccessor();
  private final BoundSockets bound = new BoundSockets();
  private final long seed = Long.getLong("graceful.fuzz.seed", new Random().nextLong());
  private final Random random = new Random(seed);

  @Test
  void does_no_harm() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open();
        CapturedStderr stderr = new CapturedStderr(directory.resolve("stderr"))) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      server.configureBlocking(false);
      bound.record(Descriptors.of(server), false);
      Lifecycle lifecycle = lifecycle();
      int sessions = 0;
      for (int heard = 0; heard < FRAMES; sessions++) {
        int before = successor.starts();
        Await.until(
            "the next restart, seed " + seed + ", session " + sessions,
            () -> {
              REACTOR.run(() -> lifecycle.restartRequested("SIGUSR2"));
              return successor.starts() > before;
            });
        heard += session("127.0.0.1:" + server.socket().getLocalPort());
        REACTOR.run(successor::kill);
      }
      Await.until(
          "an answer to a client, seed " + seed,
          () -> {
            try (SocketChannel client = SocketChannel.open(server.getLocalAddress());
                SocketChannel accepted = server.accept()) {
              return accepted != null;
            } catch (IOException notListening) {
              return false;
            }
          });
      successor.hangUp();
      Await.until("the end of the last one", OddSuccessorTest::isReaped);
      REACTOR.settle();
      assertThat(stderr.lines()).as("seed " + seed + ", each failure once").hasSize(sessions);
      assertThat(stderr.lines())
          .as("seed " + seed)
          .allMatch(line -> line.startsWith("graceful[7]: restart failed: "));
    }
  }

  /** Then its handle is closed. */
  private static boolean isReaped() throws IOException {
    for (int fd : ProcFs.openDescriptors()) {
      if ("anon_inode:[pidfd]".equals(ProcFs.target(fd))) {
        return false;
      }
    }
    return true;
  }

  /**
   * @return how many frames the predecessor has read, at least: nobody reads those that follow one
   *     that is malformed
   */
  private int session(String address) throws Exception {
    int frames = 1 + random.nextInt(MOST_IN_A_SESSION);
    boolean polite = random.nextInt(4) > 0;
    int heard = 0;
    int said = 0;
    try {
      while (said < frames) {
        if (polite && said == 0) {
          successor.say(Type.HELLO, "1.0");
        } else {
          successor.sendRaw(packet(address));
        }
        said++;
        if (said == frames || random.nextInt(8) == 0) {
          REACTOR.settle();
          REACTOR.settle(); // It may have looked at the socket before the last frame came.
          if (successor.isSentAway()) {
            return heard + 1;
          }
          heard = said;
        }
      }
    } catch (IOException hungUp) {
      // Nobody reads the rest.
    }
    return heard;
  }

  /** Anything but that it is stopping, which is believed, so that this JVM would exit. */
  private byte[] packet(String address) throws IOException {
    byte[] packet = anyPacket(address);
    return isStopping(packet) ? packet(address) : packet;
  }

  /** Damaged ones, too, may say so. */
  private static boolean isStopping(byte[] packet) {
    try {
      return Frames.decode(packet).type() == Type.STOPPING;
    } catch (IOException notAFrame) {
      return false;
    }
  }

  private byte[] anyPacket(String address) throws IOException {
    Type[] types = Type.values();
    Type type = types[random.nextInt(types.length)];
    String[] odd = {"", "tcp6 " + address, address, "\0", "x".repeat(500)};
    String text = random.nextInt(20) > 0 ? "tcp4 " + address : odd[random.nextInt(odd.length)];
    int[] numbers = {0, 1, -1, successor.pid(), Integer.MAX_VALUE, random.nextInt()};
    byte[] packet = Frames.encode(type, numbers[random.nextInt(numbers.length)], text);
    if (random.nextInt(50) == 0) {
      packet[random.nextInt(packet.length)] = (byte) random.nextInt();
    }
    return random.nextInt(100) == 0
        ? java.util.Arrays.copyOf(packet, random.nextInt(packet.length + 8))
        : packet;
  }

  private Lifecycle lifecycle() throws Exception {
    Options options = Options.read(LONG + ",move=off", Map.of());
    Log log = new Log(7, Log.Level.ERROR);
    return new Lifecycle(
        new Surroundings(
            7,
            options,
            log,
            LIBC,
            REACTOR.reactor,
            bound,
            null,
            successor,
            new ProcessExit(log, 0),
            null,
            null),
        null);
  }
}
