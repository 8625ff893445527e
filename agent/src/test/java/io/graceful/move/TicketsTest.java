package io.graceful.move;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.log.Log;
import io.graceful.os.Await;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ReactorThread;
import io.graceful.sockets.Descriptors;
import io.graceful.sockets.ListenerKey;
import io.graceful.sockets.TcpInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An app that accepts, and says so to the tickets as the hooks in accept do. */
@ExtendWith(LeavesNoDescriptor.class)
class TicketsTest {

  @RegisterExtension static final ReactorThread REACTOR = new ReactorThread();

  private final Tickets tickets = new Tickets(LIBC, new Log(1, Log.Level.INFO));
  private final BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();
  private ServerSocketChannel oldServer;
  private ServerSocketChannel newServer;

  @BeforeEach
  void serve() throws Exception {
    oldServer = server();
    newServer = server();
    tickets.start(
        REACTOR.reactor,
        new Tickets.Owner() {
          @Override
          public void taken(int id) {
            outcomes.add("taken " + id);
          }

          @Override
          public void rejected(int id, String reason) {
            outcomes.add("rejected " + id + ": " + reason);
          }

          @Override
          public void speaksHttp(ListenerKey listener) {
            outcomes.add("HTTP on " + listener);
          }
        },
        List.of(key(newServer)));
  }

  @AfterEach
  void end() throws Exception {
    oldServer.close();
    newServer.close();
    Await.until("the end of all tickets", () -> tickets.underWay() == 0);
    REACTOR.settle(); // What their ends have caused.
  }

  private static ServerSocketChannel server() throws Exception {
    return ServerSocketChannel.open()
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private ListenerKey key(ServerSocketChannel server) throws Exception {
    return ListenerKey.ofBound(LIBC, Descriptors.of(server));
  }

  /** Both processes have it while it moves; the old one closes its own. */
  private void arrive(int id, ListenerKey listener, SocketChannel connection) throws Exception {
    int copy = LIBC.duplicate(Descriptors.of(connection));
    REACTOR.reactor.post(() -> tickets.arrive(id, listener, copy));
  }

  private String outcome() throws Exception {
    return outcomes.poll(30, TimeUnit.SECONDS);
  }

  @Test
  void a_moved_connection_comes_out_of_accept_with_its_unread_bytes_and_its_address()
      throws Exception {
    try (SocketChannel client = SocketChannel.open(oldServer.getLocalAddress())) {
      client.write(ByteBuffer.wrap("GET".getBytes()));
      try (SocketChannel inOldApp = oldServer.accept()) {
        arrive(7, key(newServer), inOldApp);
        try (SocketChannel inNewApp = newServer.accept()) {
          InetSocketAddress[] remote = {(InetSocketAddress) inNewApp.getRemoteAddress()};
          tickets.accept(Descriptors.of(inNewApp), remote);

          assertThat(outcome()).isEqualTo("taken 7");
          assertThat(remote[0]).isEqualTo(client.getLocalAddress());
          ByteBuffer request = ByteBuffer.allocate(3);
          inNewApp.read(request);
          assertThat(new String(request.array())).isEqualTo("GET");
          inNewApp.write(ByteBuffer.wrap("200".getBytes()));
          ByteBuffer response = ByteBuffer.allocate(3);
          client.read(response);
          assertThat(new String(response.array())).isEqualTo("200");
        }
      }
    }
  }

  @Test
  void a_client_of_the_new_process_is_left_alone() throws Exception {
    try (SocketChannel moved = SocketChannel.open(oldServer.getLocalAddress());
        SocketChannel inOldApp = oldServer.accept()) {
      try (SocketChannel client = SocketChannel.open(newServer.getLocalAddress());
          SocketChannel first = newServer.accept()) {
        arrive(1, key(newServer), inOldApp);
        try (SocketChannel second = newServer.accept()) {
          InetSocketAddress[] remote = {(InetSocketAddress) first.getRemoteAddress()};
          tickets.accept(Descriptors.of(first), remote);
          assertThat(remote[0]).isEqualTo(client.getLocalAddress());
          assertThat(outcomes).isEmpty();

          remote[0] = (InetSocketAddress) second.getRemoteAddress();
          tickets.accept(Descriptors.of(second), remote);
          assertThat(outcome()).isEqualTo("taken 1");
          assertThat(remote[0]).isEqualTo(moved.getLocalAddress());
        }
      }
    }
  }

  @Test
  void more_than_the_backlog_holds_wait_for_their_turn() throws Exception {
    int connections = 100;
    SocketChannel[] clients = new SocketChannel[connections];
    SocketChannel[] inOldApp = new SocketChannel[connections];
    for (int i = 0; i < connections; i++) {
      clients[i] = SocketChannel.open(oldServer.getLocalAddress());
      inOldApp[i] = oldServer.accept();
      arrive(i, key(newServer), inOldApp[i]);
    }
    for (int i = 0; i < connections; i++) {
      try (SocketChannel inNewApp = newServer.accept()) {
        InetSocketAddress[] remote = {(InetSocketAddress) inNewApp.getRemoteAddress()};
        tickets.accept(Descriptors.of(inNewApp), remote);
        assertThat(outcome()).startsWith("taken ");
      }
    }
    for (int i = 0; i < connections; i++) {
      clients[i].close();
      inOldApp[i].close();
    }
    assertThat(outcomes).isEmpty();
  }

  @Test
  void the_first_words_of_a_new_client_show_what_the_listener_speaks() throws Exception {
    for (String words : new String[] {"*1 PING", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n"}) {
      try (SocketChannel client = SocketChannel.open(newServer.getLocalAddress())) {
        client.write(ByteBuffer.wrap(words.getBytes()));
        try (SocketChannel accepted = newServer.accept()) {
          InetSocketAddress[] remote = {(InetSocketAddress) accepted.getRemoteAddress()};
          tickets.accept(Descriptors.of(accepted), remote);
          ByteBuffer bytes = ByteBuffer.allocate(100);
          accepted.read(bytes);
          assertThat(new String(bytes.array(), 0, bytes.position())).isEqualTo(words);
        }
      }
    }
    assertThat(outcome()).isEqualTo("HTTP on " + key(newServer)); // And only once.
  }

  @Test
  void goes_back_when_nobody_listens() throws Exception {
    try (SocketChannel client = SocketChannel.open(oldServer.getLocalAddress());
        SocketChannel inOldApp = oldServer.accept()) {
      ListenerKey gone = key(newServer);
      newServer.close();
      arrive(3, gone, inOldApp);
      assertThat(outcome()).startsWith("rejected 3: ");
    }
  }

  /** What the app does not accept stays in its queue: that must not fill. */
  @Test
  void those_that_the_app_does_not_accept_do_not_fill_its_queue() throws Exception {
    List<SocketChannel> open = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      int connections = 20;
      for (int i = 0; i < connections; i++) {
        open.add(SocketChannel.open(oldServer.getLocalAddress()));
        SocketChannel inOldApp = oldServer.accept();
        open.add(inOldApp);
        arrive(i, key(newServer), inOldApp);
      }
      for (int i = 0; i < connections; i++) {
        assertThat(outcome()).startsWith("rejected ");
      }
    }
    assertThat(TcpInfo.of(LIBC, Descriptors.of(newServer)).unacknowledged())
        .isLessThanOrEqualTo(16);

    // And those who come later come in on the tickets that are there.
    SocketChannel client = open.get(0);
    arrive(99, key(newServer), open.get(1));
    REACTOR.settle();
    try (SocketChannel inNewApp = newServer.accept()) {
      InetSocketAddress[] remote = {(InetSocketAddress) inNewApp.getRemoteAddress()};
      tickets.accept(Descriptors.of(inNewApp), remote);
      assertThat(outcome()).isEqualTo("taken 99");
      assertThat(remote[0]).isEqualTo(client.getLocalAddress());
    }
    try (SocketChannel nobody = newServer.accept()) {
      InetSocketAddress[] remote = {(InetSocketAddress) nobody.getRemoteAddress()};
      tickets.accept(Descriptors.of(nobody), remote);
      int count;
      try {
        count = nobody.read(ByteBuffer.allocate(1));
      } catch (java.io.IOException reset) {
        count = -1;
      }
      assertThat(count).as("what the app reads where nobody waits").isEqualTo(-1);
    }
    for (SocketChannel channel : open) {
      channel.close();
    }
  }

  /** Those behind it, which wait for their turn, go back at the same time. */
  @Test
  void goes_back_when_the_app_does_not_accept() throws Exception {
    int connections = 40;
    List<SocketChannel> open = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      open.add(SocketChannel.open(oldServer.getLocalAddress()));
      SocketChannel inOldApp = oldServer.accept();
      open.add(inOldApp);
      arrive(i, key(newServer), inOldApp);
    }
    long begin = System.nanoTime();
    for (int i = 0; i < connections; i++) {
      assertThat(outcome()).startsWith("rejected ").contains("the application");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isBetween(Duration.ofMillis(500), Duration.ofSeconds(5));
    for (SocketChannel channel : open) {
      channel.close();
    }
  }

  @Test
  void goes_back_when_the_app_closes_what_it_accepts() throws Exception {
    try (SocketChannel client = SocketChannel.open(oldServer.getLocalAddress());
        SocketChannel inOldApp = oldServer.accept()) {
      arrive(4, key(newServer), inOldApp);
      newServer.accept().close();
      assertThat(outcome()).isEqualTo("rejected 4: the application does not accept it");
    }
  }
}
