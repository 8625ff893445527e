package io.graceful.sockets;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.Epoll;
import io.graceful.os.LeavesNoDescriptor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeavesNoDescriptor.class)
class AcceptingTest {

  @Test
  void bound_is_not_accepting() throws Exception {
    try (ServerSocketChannel server = server()) {
      assertThat(notYet(server)).containsExactly(Descriptors.of(server));
    }
  }

  @Test
  void a_selector_accepts_when_it_selects_not_when_it_is_registered() throws Exception {
    try (Selector selector = Selector.open();
        ServerSocketChannel server = server()) {
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
      assertThat(notYet(server)).containsExactly(Descriptors.of(server));

      selector.selectNow();
      assertThat(notYet(server)).isEmpty();
    }
  }

  @Test
  void a_selector_that_has_switched_its_interest_off_does_not_accept() throws Exception {
    try (Selector selector = Selector.open();
        ServerSocketChannel server = server()) {
      server.configureBlocking(false);
      SelectionKey key = server.register(selector, SelectionKey.OP_ACCEPT);
      selector.selectNow();
      key.interestOps(0);
      selector.selectNow();

      assertThat(notYet(server)).containsExactly(Descriptors.of(server));
    }
  }

  @Test
  void native_codes_epoll_accepts_if_it_asks_for_input() throws Exception {
    try (Epoll epoll = new Epoll(LIBC);
        Epoll other = new Epoll(LIBC);
        ServerSocketChannel server = server()) {
      epoll.add(Descriptors.of(server), 0, 1);
      assertThat(notYet(server)).containsExactly(Descriptors.of(server));

      other.add(Descriptors.of(server), Epoll.IN, 1);
      assertThat(notYet(server)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 60_000})
  void a_thread_in_accept_or_poll_accepts(int timeoutMillis) throws Exception {
    try (Acceptor app = new Acceptor(timeoutMillis);
        ServerSocketChannel nobodys = server()) {
      assertThat(Accepting.notYet(LIBC, List.of(app.fd, Descriptors.of(nobodys))))
          .containsExactly(Descriptors.of(nobodys));
    }
  }

  private static List<Integer> notYet(ServerSocketChannel server) throws Exception {
    return Accepting.notYet(LIBC, List.of(Descriptors.of(server)));
  }

  private static ServerSocketChannel server() throws Exception {
    return ServerSocketChannel.open()
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }
}
