package io.graceful.agent;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.config.Options;
import io.graceful.control.ControlClient;
import io.graceful.control.ControlServer;
import io.graceful.control.Conversation;
import io.graceful.control.Message;
import io.graceful.control.SocketName;
import io.graceful.log.Log;
import io.graceful.os.Await;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ReactorThread;
import io.graceful.restart.CapturedStderr;
import io.graceful.restart.FakeSuccessor;
import io.graceful.restart.Lifecycle;
import io.graceful.restart.ProcessExit;
import io.graceful.restart.Surroundings;
import io.graceful.sockets.BoundSockets;
import io.graceful.sockets.Descriptors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that send anything, and ask for anything: each is answered, refused or hung up on, the
 * next one is heard, and the server serves. How many there are: {@code -Dgraceful.fuzz=N}.
 */
@ExtendWith(LeavesNoDescriptor.class)
class OddClientTest {

  private static final int CLIENTS = Integer.getInteger("graceful.fuzz", 2_000);
  private static final int LOOK_EVERY = 500;
  private static final int SOON = 30_000;

  private static final String[] NONSENSE = {
    "{\"version\":1,\"command\":\"status\"}",
    "{\"version\":99999999999999999999,\"command\":[{\"a\":null}],\"x\":-1.5e300,\"y\":true}",
    "{\"command\":\"\\u0000\\ud800\",\"command\":{}}",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[{}]]]]]",
    "{\"a\":".repeat(1000),
    "[".repeat(60_000),
    "",
  };

  private static final String[] COMMANDS = {"status", "commit", "abort", "drain", "resume", "list"};
  private static final String[] VERSIONS = {"1", "1", "1", "1", "2", "-1", "\"1\"", "null"};

  /** Short ones, if they are any: the client waits for the end of the restart. */
  private static final String[] TIMEOUTS = {
    "\"1ms\"", "\"20ms\"", "\"0\"", "\"\"", "\"-1\"", "\"x\"", "\"99999999d\"", "7", "[]", "{}"
  };

  private static final String[] VALUES = {
    "true", "false", "null", "0", "\"\"", "\"/\"", "[]", "[\"\"]", "[\"java\",1,null]", "{\"a\":[]}"
  };

  @RegisterExtension static final ReactorThread REACTOR = new ReactorThread();

  @TempDir Path directory;

  private final FakeSuccessor successor = new FakeSuccessor();
  private final BoundSockets bound = new BoundSockets();
  private final long seed = Long.getLong("graceful.fuzz.seed", new Random().nextLong());
  private final Random random = new Random(seed);

  @Test
  void do_no_harm() throws Exception {
    try (ServerSocketChannel app = ServerSocketChannel.open();
        CapturedStderr stderr = new CapturedStderr(directory.resolve("stderr"))) {
      app.bind(fixedPort());
      bound.record(Descriptors.of(app), false);
      SocketName name = new SocketName(4711, 99);
      ControlServer server = REACTOR.call(() -> open(name));
      Path socket = name.in(directory);
      try {
        for (int client = 0; client < CLIENTS; client++) {
          try {
            send(socket, random.nextInt(3) == 0 ? nonsense() : request());
          } catch (IOException hungUp) {
            // Whoever says more than a line may be hung up on.
          }
          if (client % LOOK_EVERY == 0) {
            assertAnswers(socket, client);
          }
        }
        assertAnswers(socket, CLIENTS);
        assertServes(socket, app);
      } finally {
        REACTOR.run(server::close);
        successor.hangUp();
      }
      assertThat(successor.starts()).as("restarts, seed " + seed).isPositive();
      assertThat(stderr.lines())
          .as("seed " + seed)
          .allMatch(line -> line.startsWith("graceful[7]: restart failed: "));
    }
  }

  private ControlServer open(SocketName name) throws Exception {
    Log log = new Log(7, Log.Level.ERROR);
    Options options = Options.read("ready.timeout=20ms,move=off,log.level=error", Map.of());
    ProcessExit exit = new ProcessExit(log, 0);
    Surroundings world =
        new Surroundings(
            7, options, log, LIBC, REACTOR.reactor, bound, null, successor, exit, null, null);
    ControlRequests requests =
        new ControlRequests(
            LIBC, new ProgramName("app.jar"), 0, 7, "1.0", new Lifecycle(world, null));
    return ControlServer.open(
        LIBC,
        REACTOR.reactor,
        log,
        directory,
        name,
        (request, with) -> ask(requests, request, with));
  }

  /** Anything but what would end this JVM: to stop, or to hand over to its client. */
  private static void ask(ControlRequests requests, Message request, Conversation with) {
    String command = request.text("command");
    if (command.equals("stop") || command.equals("hand-over")) {
      with.refuse("not here");
    } else {
      requests.accept(request, with);
    }
  }

  private void assertAnswers(Path socket, int clients) throws Exception {
    assertThat(status(socket).text("event"))
        .as("after %d clients, seed %d", clients, seed)
        .isEqualTo("status");
  }

  private Message status(Path socket) throws Exception {
    return hear(socket, Message.request("status"));
  }

  private static Message hear(Path socket, Message request) throws Exception {
    try (ControlClient client = ControlClient.connect(LIBC, socket)) {
      client.ask(request);
      return client.hear(SOON);
    }
  }

  /** A listener whose port the kernel chose does not keep it when it is out of service. */
  private static SocketAddress fixedPort() throws IOException {
    try (ServerSocketChannel chosen = ServerSocketChannel.open()) {
      return chosen
          .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
          .getLocalAddress();
    }
  }

  /** As before all of this. */
  private void assertServes(Path socket, ServerSocketChannel app) throws Exception {
    hear(socket, Message.request("abort"));
    Await.until(
        "the end of the last restart, seed " + seed,
        () -> !status(socket).text("state").equals("restarting"));
    hear(socket, Message.request("resume"));
    assertThat(status(socket).text("state")).as("seed " + seed).isEqualTo("serving");
    try (SocketChannel client = SocketChannel.open(app.getLocalAddress());
        SocketChannel accepted = app.accept()) {
      assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
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

  /** What may be asked, with members of any kind. */
  private byte[] request() {
    boolean restarts = random.nextInt(50) == 0;
    StringBuilder json = new StringBuilder("{\"version\":" + any(VERSIONS));
    json.append(",\"command\":\"").append(restarts ? "restart" : any(COMMANDS)).append('"');
    if (random.nextBoolean()) {
      json.append(",\"timeout\":").append(any(TIMEOUTS));
    }
    for (String member : new String[] {"hold", "arguments", "directory"}) {
      if (random.nextInt(3) == 0) {
        json.append(",\"").append(member).append("\":").append(any(VALUES));
      }
    }
    return json.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  private String any(String[] of) {
    return of[random.nextInt(of.length)];
  }

  private byte[] nonsense() {
    byte[] bytes = any(NONSENSE).getBytes(StandardCharsets.UTF_8);
    for (int changes = random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    int length = random.nextInt(20) == 0 ? random.nextInt(100_000) : bytes.length + 1;
    byte[] whole = Arrays.copyOf(bytes, Math.max(1, length));
    whole[whole.length - 1] = (byte) (random.nextInt(10) == 0 ? 'x' : '\n');
    return whole;
  }
}
