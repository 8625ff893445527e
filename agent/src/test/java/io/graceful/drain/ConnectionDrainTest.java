package io.graceful.drain;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.Await;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.sockets.Descriptors;
import io.graceful.sockets.ListenerKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeavesNoDescriptor.class)
class ConnectionDrainTest {

  private static final long AT_ONCE = 0;
  private static final long NEVER = 86_400_000;

  private ServerSocketChannel server;
  private SocketChannel client;
  private SocketChannel accepted;

  @TempDir Path directory;

  @BeforeEach
  void connect() throws Exception {
    connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterEach
  void disconnect() throws Exception {
    client.close();
    accepted.close();
    server.close();
  }

  @Test
  void a_fresh_connection_is_busy_until_it_was_quiet_for_a_time() throws Exception {
    assertCensus(look(NEVER), 1, 0);
    assertCensus(look(AT_ONCE), 0, 1);
  }

  @Test
  void a_request_that_the_app_has_not_read_is_busy() throws Exception {
    send(client, 5);

    awaitBusy(AT_ONCE);
  }

  @Test
  void a_request_that_the_app_has_not_answered_is_busy() throws Exception {
    send(client, 5);
    receive(accepted, 5);

    assertCensus(look(AT_ONCE), 1, 0);
  }

  @Test
  void an_answered_request_is_idle_when_it_was_quiet_for_a_time() throws Exception {
    exchange();

    assertCensus(look(NEVER), 1, 0);
    awaitIdle(AT_ONCE);
  }

  @Test
  void an_answer_that_the_client_has_not_received_is_busy() throws Exception {
    send(client, 5);
    receive(accepted, 5);
    accepted.configureBlocking(false);
    int filled = 0;
    for (int n = 1; n > 0; filled += n) {
      n = accepted.write(ByteBuffer.allocate(1 << 16));
    }

    assertCensus(look(AT_ONCE), 1, 0);
    receive(client, filled);
    awaitIdle(AT_ONCE);
  }

  @Test
  void a_second_request_is_busy_again() throws Exception {
    exchange();
    awaitIdle(AT_ONCE);

    // The kernel dates by clock ticks: a request in the same tick as the answer isn't told apart.
    Await.until("busy", this::isUnansweredAfterRequest);
  }

  @Test
  void a_connection_in_conversation_does_not_hold_up_the_drain() throws Exception {
    ConnectionDrain drain = drain(NEVER);
    for (int i = 0; i < 3; i++) {
      Await.until("a tick since the answer", this::isUnansweredAfterRequest);
      drain.look();
      send(accepted, 7);
      receive(client, 7);
      Await.until("answer", () -> LIBC.unsent(Descriptors.of(accepted)) == 0);
      drain.look();
    }

    assertCensus(drain.look(), 0, 1);
  }

  @Test
  void a_connection_that_was_closed_is_neither() throws Exception {
    send(client, 5);
    accepted.close();

    assertCensus(look(NEVER), 0, 0);
  }

  @Test
  void connections_of_other_listeners_do_not_count() throws Exception {
    ListenerKey other = ListenerKey.parse("tcp4 127.0.0.1:1");

    assertCensus(new ConnectionDrain(LIBC, List.of(other), NEVER).look(), 0, 0);
  }

  @Test
  void a_listener_without_an_address_has_the_connections_to_every_address() throws Exception {
    disconnect();
    connect(new InetSocketAddress(0));

    assertThat(key().isAnyAddress()).isTrue();
    assertCensus(look(NEVER), 1, 0);
  }

  @Test
  void two_numbers_of_one_connection_count_once() throws Exception {
    int copy = LIBC.duplicate(Descriptors.of(accepted));

    assertCensus(look(NEVER), 1, 0);
    LIBC.close(copy);
  }

  @Test
  void an_open_unix_connection_is_busy_as_the_kernel_keeps_no_times() throws Exception {
    disconnect();
    connect(UnixDomainSocketAddress.of(directory.resolve("app.sock")));

    assertCensus(look(AT_ONCE), 1, 0);
  }

  private void connect(SocketAddress address) throws IOException {
    if (address instanceof UnixDomainSocketAddress) {
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
      client = SocketChannel.open(server.getLocalAddress());
    } else {
      server = ServerSocketChannel.open().bind(address);
      client =
          SocketChannel.open(
              new InetSocketAddress(
                  InetAddress.getLoopbackAddress(), server.socket().getLocalPort()));
    }
    accepted = server.accept();
  }

  private void exchange() throws IOException {
    send(client, 5);
    receive(accepted, 5);
    send(accepted, 7);
    receive(client, 7);
  }

  private static void send(SocketChannel channel, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static void receive(SocketChannel channel, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
      // Until all is here: the channel blocks.
    }
    assertThat(bytes.remaining()).isZero();
  }

  private boolean isUnansweredAfterRequest() throws Exception {
    send(client, 5);
    receive(accepted, 5);
    return look(AT_ONCE).busy() == 1;
  }

  private ListenerKey key() throws Exception {
    return ListenerKey.ofBound(LIBC, Descriptors.of(server));
  }

  private ConnectionDrain drain(long quietMillis) throws Exception {
    return new ConnectionDrain(LIBC, List.of(key()), quietMillis);
  }

  private Drain.Census look(long quietMillis) throws Exception {
    return drain(quietMillis).look();
  }

  private void awaitBusy(long quietMillis) throws Exception {
    Await.until("busy", () -> look(quietMillis).busy() == 1);
  }

  /** The client's kernel acknowledges what it has received a little later. */
  private void awaitIdle(long quietMillis) throws Exception {
    Await.until("idle", () -> look(quietMillis).idle() == 1);
  }

  private static void assertCensus(Drain.Census census, int busy, int idle) {
    assertThat(census.busy()).as("busy").isEqualTo(busy);
    assertThat(census.idle()).as("idle").isEqualTo(idle);
  }
}
