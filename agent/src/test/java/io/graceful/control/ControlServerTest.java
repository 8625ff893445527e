package io.graceful.control;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.log.Log;
import io.graceful.os.FewDescriptors;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ReactorThread;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeavesNoDescriptor.class)
class ControlServerTest {

  private static final int SOON = 30_000;
  @RegisterExtension static final ReactorThread REACTOR = new ReactorThread();

  @TempDir Path directory;
  private ControlServer server;

  @AfterEach
  void close() throws Exception {
    if (server != null) {
      REACTOR.run(server::close);
    }
    try (var left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  private Path serve(BiConsumer<Message, Conversation> onRequest) throws Exception {
    SocketName name = new SocketName(4711, 99);
    Log log = new Log(0, Log.Level.ERROR);
    server =
        REACTOR.call(
            () -> ControlServer.open(LIBC, REACTOR.reactor, log, directory, name, onRequest));
    return name.in(directory);
  }

  @Test
  void answers_line_by_line_until_it_hangs_up() throws Exception {
    Path socket =
        serve(
            (request, with) -> {
              with.say(request);
              with.say(new Message().with("text", "two\nlines"));
              with.hangUp();
            });
    try (ControlClient client = ControlClient.connect(LIBC, socket)) {
      assertThat(client.agentPid()).isEqualTo((int) ProcessHandle.current().pid());
      client.ask(new Message().with("command", "status"));
      assertThat(client.hear(SOON)).isEqualTo(new Message().with("command", "status"));
      assertThat(client.hear(SOON)).isEqualTo(new Message().with("text", "two\nlines"));
      assertThat(client.hear(SOON)).isNull();
    }
  }

  @Test
  void a_descriptor_goes_along_and_is_the_clients_or_closed() throws Exception {
    Path socket =
        serve(
            (request, with) -> {
              try {
                assertThat(with.clientPid()).isEqualTo((int) ProcessHandle.current().pid());
                int counter = LIBC.eventCounter();
                LIBC.add(counter);
                with.say(Message.event("first"), counter);
                with.say(Message.event("second"), counter);
                with.say(Message.event("third"));
                LIBC.close(counter);
              } catch (IOException failure) {
                throw new IllegalStateException(failure);
              }
              with.hangUp();
            });
    try (ControlClient client = ControlClient.connect(LIBC, socket)) {
      assertThat(client.agentUser()).isEqualTo(LIBC.effectiveUser());
      client.ask(Message.request("x"));
      assertThat(client.hear(SOON)).isEqualTo(Message.event("first"));
      int received = client.takeDescriptor();
      assertThat(LIBC.take(received)).isEqualTo(1);
      LIBC.close(received);
      assertThat(client.takeDescriptor()).isEqualTo(-1);
      assertThat(client.hear(SOON)).isEqualTo(Message.event("second"));
      assertThat(client.hear(SOON)).isEqualTo(Message.event("third"));
      assertThat(client.hear(SOON)).isNull();
    }
  }

  @Test
  void nobody_gets_a_descriptor_who_has_hung_up() throws Exception {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    CompletableFuture<Void> hungUp = new CompletableFuture<>();
    Path socket =
        serve(
            (request, with) -> {
              try {
                hungUp.get();
                with.say(Message.event("x"), 0);
                failure.complete(null);
              } catch (Exception nobody) {
                failure.complete(nobody);
              }
              with.hangUp();
            });
    try (ControlClient client = ControlClient.connect(LIBC, socket)) {
      client.ask(Message.request("x"));
    }
    hungUp.complete(null);
    assertThat(failure.get()).hasMessageStartingWith("sendmsg: EPIPE");
  }

  @Test
  void what_is_no_request_is_refused() throws Exception {
    Path socket = serve((request, with) -> with.hangUp());

    assertThat(replyTo(socket, "hello\n"))
        .contains("\"refused\"", "the request is not one JSON object");
    assertThat(replyTo(socket, "[1]\n")).contains("the request is not one JSON object");
    assertThat(replyTo(socket, "{} {}\n")).contains("the request is not ");
    assertThat(replyTo(socket, "x".repeat(70_000))).contains("at most 65536 bytes");
    assertThat(replyTo(socket, "{}\n")).isEmpty();
  }

  private static String replyTo(Path socket, String request) throws IOException {
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      client.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
      return readAll(client);
    }
  }

  /** Until it hangs up. */
  private static String readAll(SocketChannel client) throws IOException {
    ByteBuffer reply = ByteBuffer.allocate(4096);
    int count;
    do {
      count = client.read(reply);
    } while (count >= 0);
    return new String(reply.array(), 0, reply.position(), StandardCharsets.UTF_8);
  }

  @Test
  void a_client_waits_while_there_is_no_descriptor_for_it() throws Exception {
    Path socket = serve(ControlServerTest::repeat);
    replyTo(socket, "{}\n"); // Later no class can be read from its file.
    try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      UnixDomainSocketAddress address = UnixDomainSocketAddress.of(socket);
      ByteBuffer request = ByteBuffer.wrap("{\"a\":1}\n".getBytes(StandardCharsets.UTF_8));
      try (FewDescriptors none = new FewDescriptors(0)) {
        client.connect(address);
        REACTOR.settle();
        REACTOR.settle(); // It has seen the client by now.
      }
      client.write(request);
      assertThat(readAll(client)).isEqualTo("{\"a\":1}\n");
    }
  }

  private static void repeat(Message request, Conversation with) {
    with.say(request);
    with.hangUp();
  }

  @Test
  void who_does_not_read_is_hung_up_on() throws Exception {
    Message much = new Message().with("text", "x".repeat(10_000));
    CompletableFuture<Boolean> heard = new CompletableFuture<>();
    Path socket =
        serve(
            (request, with) -> {
              for (int i = 0; i < 1000; i++) {
                with.say(much);
              }
              heard.complete(with.isOpen());
            });
    try (ControlClient client = ControlClient.connect(LIBC, socket)) {
      client.ask(new Message());
      assertThat(heard.get()).isFalse();
    }
  }

  @Test
  void sockets_of_dead_agents_are_removed_and_others_are_not() throws Exception {
    Path dead = new SocketName(12, 1).in(directory);
    Path foreign = directory.resolve("other.sock");
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(dead))
        .close();
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(foreign))
        .close();
    Path alive = new SocketName(13, 1).in(directory);
    try (ServerSocketChannel other =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(alive))) {
      Path own = serve((request, with) -> with.hangUp());

      assertThat(dead).doesNotExist();
      assertThat(foreign).exists();
      assertThat(alive).exists();
      assertThat(own).exists();
    }
    Files.delete(foreign);
    Files.delete(alive);
  }

  @Test
  @Timeout(60)
  void opens_beside_an_agent_that_accepts_nobody() throws Exception {
    Path frozen = new SocketName(13, 1).in(directory);
    try (ServerSocketChannel other =
            ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(frozen), 1);
        FullQueue full = new FullQueue(frozen)) {
      assertThat(other.isOpen() && full.isFull()).isTrue();
      assertThat(replyTo(serve(ControlServerTest::repeat), "{}\n")).isEqualTo("{}\n");
      assertThat(frozen).exists();
    }
    Files.delete(frozen);
  }

  @Test
  void takes_the_place_of_its_own_that_a_dead_one_of_the_same_name_has_left() throws Exception {
    Path left = new SocketName(4711, 99).in(directory);
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(left))
        .close();

    assertThat(replyTo(serve(ControlServerTest::repeat), "{\"a\":1}\n")).isEqualTo("{\"a\":1}\n");
  }
}
