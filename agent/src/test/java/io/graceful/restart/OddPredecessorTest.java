package io.graceful.restart;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.handover.Frame.Type;
import io.graceful.handover.Frames;
import io.graceful.handover.Lifeline;
import io.graceful.os.FdMessages;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.SocketIo;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A predecessor that answers anything: its successor takes over, begins as the first one, or says
 * what is wrong, and keeps no descriptor of it. How many frames it reads: {@code
 * -Dgraceful.fuzz=N}.
 */
@ExtendWith(LeavesNoDescriptor.class)
class OddPredecessorTest {

  private static final int FRAMES = Integer.getInteger("graceful.fuzz", 5_000);
  private static final int MOST_IN_A_SESSION = 6;

  private final FdMessages messages = new FdMessages(LIBC);
  private final long seed = Long.getLong("graceful.fuzz.seed", new Random().nextLong());
  private final Random random = new Random(seed);

  @Test
  void is_survived() throws Exception {
    int taken = 0;
    int gone = 0;
    int refused = 0;
    int descriptor = LIBC.eventCounter();
    for (int heard = 0; heard < FRAMES; ) {
      Lifeline[] ends = Lifeline.pair(LIBC);
      int unheard = LIBC.duplicate(ends[1].fd());
      try (Lifeline predecessor = ends[0];
          SocketIo io = new SocketIo(LIBC)) {
        int said = answer(predecessor, descriptor);
        io.finishSending(predecessor.fd()); // It can hear, and does not wait for more.
        Takeover takeover;
        try {
          takeover = Takeover.receive(LIBC, ends[1], 1, "1.0");
        } finally {
          heard += said - left(unheard);
          LIBC.close(unheard);
        }
        if (takeover == null) {
          gone++;
        } else {
          takeover.sockets().release();
          ends[1].close();
          taken++;
        }
      } catch (IOException unclear) {
        refused++;
      } catch (RuntimeException | Error failure) {
        throw new AssertionError("seed " + seed + ", after " + heard + " frames", failure);
      }
    }
    LIBC.close(descriptor);
    assertThat(new int[] {taken, gone, refused}).as("seed " + seed).doesNotContain(0);
  }

  /** Frames that it has not read. */
  private int left(int socket) throws IOException {
    int left = 0;
    for (FdMessages.Packet packet = messages.receive(socket);
        packet != null && packet.bytes.length > 0;
        packet = messages.receive(socket)) {
      if (packet.fd >= 0) {
        LIBC.close(packet.fd);
      }
      left++;
    }
    return left;
  }

  /** Before it is asked: the successor has the same to read. */
  private int answer(Lifeline predecessor, int descriptor) throws IOException {
    int frames = 1 + random.nextInt(MOST_IN_A_SESSION);
    boolean polite = random.nextInt(4) > 0;
    for (int i = 0; i < frames; i++) {
      byte[] packet =
          polite && i == 0
              ? Frames.encode(Type.LISTENERS, random.nextInt(4), "2")
              : polite && random.nextInt(4) > 0
                  ? Frames.encode(Type.LISTENER, 0, "tcp4 127.0.0.1:8080")
                  : packet();
      messages.send(predecessor.fd(), packet, random.nextInt(8) > 0 ? descriptor : -1);
    }
    return frames;
  }

  private byte[] packet() throws IOException {
    Type[] types = Type.values();
    String[] texts = {"", "2", "-1", "99999999999", "tcp4 127.0.0.1:8080", "unix /x", "tcp4 x"};
    byte[] packet =
        Frames.encode(
            types[random.nextInt(types.length)],
            random.nextInt(5) - 1,
            texts[random.nextInt(texts.length)]);
    if (random.nextInt(10) == 0) {
      packet[random.nextInt(packet.length)] = (byte) random.nextInt();
    }
    return random.nextInt(20) == 0
        ? Arrays.copyOf(packet, 1 + random.nextInt(packet.length + 8))
        : packet;
  }
}
