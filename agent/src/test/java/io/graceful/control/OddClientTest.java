package io.graceful.control;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.log.Log;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ReactorThread;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that send anything: each is answered, refused or hung up on, and the next one is heard.
 * How many there are: {@code -Dgraceful.fuzz=N}.
 */
@ExtendWith(LeavesNoDescriptor.class)
class OddClientTest {

  private static final int CLIENTS = Integer.getInteger("graceful.fuzz", 5_000);
  private static final int LOOK_EVERY = 500;
  private static final int SOON = 30_000;
  private static final String[] REQUESTS = {
    "{\"version\":1,\"command\":\"status\"}",
    "{\"version\":99999999999999999999,\"command\":[{\"a\":null}],\"x\":-1.5e300,\"y\":true}",
    "{\"command\":\"\\u0000\\ud800\",\"command\":{}}",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[{}]]]]]",
    "{\"a\":".repeat(1000),
    "[".repeat(60_000),
    "",
  };

  @RegisterExtension static final ReactorThread REACTOR = new ReactorThread();

  @TempDir Path directory;

  private final long seed = Long.getLong("graceful.fuzz.seed", new Random().nextLong());
  private final Random random = new Random(seed);

  @Test
  void do_no_harm() throws Exception {
    SocketName name = new SocketName(4711, 99);
    Log log = new Log(0, Log.Level.ERROR);
    ControlServer server =
        REACTOR.call(
            () ->
                ControlServer.open(
                    LIBC,
                    REACTOR.reactor,
                    log,
                    directory,
                    name,
                    (request, with) -> {
                      with.say(request);
                      with.hangUp();
                    }));
    try {
      for (int client = 0; client < CLIENTS; client++) {
        try {
          send(name.in(directory), request());
        } catch (IOException hungUp) {
          // Whoever says more than a line may be hung up on.
        }
        if (client % LOOK_EVERY == 0) {
          assertAnswers(name.in(directory), client);
        }
      }
      assertAnswers(name.in(directory), CLIENTS);
    } finally {
      REACTOR.run(server::close);
    }
  }

  private void assertAnswers(Path socket, int clients) throws Exception {
    try (ControlClient client = ControlClient.connect(LIBC, socket)) {
      client.ask(Message.request("status"));
      assertThat(client.hear(SOON))
          .as("after %d clients, seed %d", clients, seed)
          .isEqualTo(Message.request("status"));
    }
  }

  /** And reads to the end, or hangs up at once. */
  private void send(Path socket, byte[] request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      ByteBuffer bytes = ByteBuffer.wrap(request);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      if (random.nextInt(3) == 0) {
        return;
      }
      channel.shutdownOutput();
      ByteBuffer answer = ByteBuffer.allocate(1024);
      while (channel.read(answer) >= 0) {
        answer.clear();
      }
    }
  }

  private byte[] request() {
    byte[] bytes = REQUESTS[random.nextInt(REQUESTS.length)].getBytes(StandardCharsets.UTF_8);
    for (int changes = random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    int length = random.nextInt(20) == 0 ? random.nextInt(100_000) : bytes.length + 1;
    byte[] whole = Arrays.copyOf(bytes, Math.max(1, length));
    whole[whole.length - 1] = (byte) (random.nextInt(10) == 0 ? 'x' : '\n');
    return whole;
  }
}
