package io.graceful.sockets;

import static io.graceful.os.NativeLibc.LIBC;
import static java.net.StandardProtocolFamily.INET;
import static java.net.StandardProtocolFamily.UNIX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.os.Await;
import io.graceful.os.Epoll;
import io.graceful.os.FewDescriptors;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ProcFs;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeavesNoDescriptor.class)
class DetachedListenerTest {

  @TempDir Path directory;

  @Test
  void a_selector_is_not_told_of_a_client_until_the_listener_is_back() throws Exception {
    try (Selector selector = Selector.open();
        ServerSocketChannel server = server()) {
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
      selector.selectNow();

      DetachedListener detached = detach(server);
      try (SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
        assertThat(detached.queued()).isEqualTo(1);
        assertThat(selector.selectNow()).isZero();
        assertThat(server.accept()).isNull();

        detached.reattach();
        assertThat(selector.select(30_000)).isEqualTo(1);
        try (SocketChannel accepted = server.accept()) {
          assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
        }
      }
    }
  }

  @Test
  void native_codes_epoll_is_not_told_either() throws Exception {
    try (Epoll epoll = new Epoll(LIBC);
        ServerSocketChannel server = server()) {
      epoll.add(Descriptors.of(server), Epoll.IN, 42);

      DetachedListener detached = detach(server);
      try (SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
        assertThat(client.isConnected()).isTrue();
        assertThat(epoll.ready()).isEmpty();

        detached.reattach();
        assertThat(epoll.ready()).containsExactly(42L);
      }
    }
  }

  /** NIO.2 and the pollers of virtual threads wait once for each accept, and then again. */
  @Test
  void an_app_that_waits_anew_at_each_accept_always_gets_it_back() throws Exception {
    try (Epoll epoll = new Epoll(LIBC);
        ServerSocketChannel server = server();
        OneShotAcceptor app = new OneShotAcceptor(epoll, Descriptors.of(server));
        SocketChannel waiting = SocketChannel.open(server.getLocalAddress())) {
      assertThat(waiting.isConnected()).isTrue();
      Listener listener = Descriptors.listener(LIBC, Descriptors.of(server));
      for (int i = 0; i < 500; i++) {
        app.awaitMore();
        DetachedListener.detach(LIBC, listener, app.exclusion()).reattach();
      }
      app.awaitMore();
    }
  }

  /** Without a timeout the JDK waits in accept, with one in poll. */
  @ParameterizedTest
  @ValueSource(ints = {0, 60_000})
  void a_thread_in_accept_gets_no_client_until_the_listener_is_back(int timeoutMillis)
      throws Exception {
    try (Acceptor app = new Acceptor(timeoutMillis)) {
      DetachedListener detached =
          DetachedListener.detach(LIBC, Descriptors.listener(LIBC, app.fd), Exclusion.NONE);
      app.awaitPolling();
      try (Socket client = app.connect()) {
        assertThat(detached.queued()).isEqualTo(1);
        assertThat(app.hasAccepted()).isFalse();

        detached.reattach();
        assertThat(app.accepted()).isEqualTo(client.getLocalPort());
      }
    }
  }

  @Test
  void non_blocking_stays_on() throws Exception {
    try (ServerSocketChannel server = server()) {
      server.configureBlocking(false);

      DetachedListener detached = detach(server);
      assertThat(LIBC.isNonBlocking(Descriptors.of(server))).isTrue();
      detached.reattach();
      assertThat(LIBC.isNonBlocking(Descriptors.of(server))).isTrue();
    }
  }

  @Test
  void every_number_of_the_listener_is_detached() throws Exception {
    try (ServerSocketChannel server = server()) {
      int fd = Descriptors.of(server);
      long inode = ProcFs.socketInode(fd);
      int copy = LIBC.duplicate(fd);

      DetachedListener detached = detach(server);
      assertThat(ProcFs.socketInode(fd)).isNotEqualTo(inode);
      assertThat(ProcFs.socketInode(copy)).isEqualTo(ProcFs.socketInode(fd));

      detached.reattach();
      assertThat(ProcFs.socketInode(fd)).isEqualTo(inode);
      assertThat(ProcFs.socketInode(copy)).isEqualTo(inode);
      LIBC.close(copy);
    }
  }

  @Test
  void a_number_that_the_app_has_closed_and_reused_is_left_alone() throws Exception {
    ServerSocketChannel server = server();
    Listener listener = Descriptors.listener(LIBC, Descriptors.of(server));
    server.close();
    try (ServerSocketChannel other = serverAt(listener.descriptor())) {
      long inode = ProcFs.socketInode(listener.descriptor());

      DetachedListener.detach(LIBC, listener, Exclusion.NONE).release();

      assertThat(ProcFs.socketInode(listener.descriptor())).isEqualTo(inode);
    }
  }

  /**
   * The kernel gives the lowest number that is free; the JVM may have had a lower one meanwhile.
   */
  private static ServerSocketChannel serverAt(int number) throws Exception {
    ServerSocketChannel server = server();
    if (Descriptors.of(server) < number) {
      try (ServerSocketChannel inTheWay = server) {
        return serverAt(number);
      }
    }
    assertThat(Descriptors.of(server)).isEqualTo(number);
    return server;
  }

  @Test
  void what_the_app_closed_meanwhile_does_not_come_back() throws Exception {
    ServerSocketChannel server = server();
    DetachedListener detached = detach(server);
    server.close();
    try (ServerSocketChannel other = server()) {
      int fd = Descriptors.of(other);
      long inode = ProcFs.socketInode(fd);

      detached.reattach();

      assertThat(ProcFs.socketInode(fd)).isEqualTo(inode);
    }
  }

  @Test
  void after_release_clients_are_refused() throws Exception {
    try (ServerSocketChannel server = server()) {
      detach(server).release();

      assertThatThrownBy(() -> SocketChannel.open(server.getLocalAddress()).close())
          .isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void a_unix_listener_is_detached_like_any_other() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("app.sock"));
    try (ServerSocketChannel server = ServerSocketChannel.open(UNIX).bind(address)) {
      server.configureBlocking(false);
      DetachedListener detached = detach(server);
      assertThat(detached.key().path()).isEqualTo(address.toString());
      try (SocketChannel client = SocketChannel.open(address)) {
        assertThat(client.isConnected()).isTrue();
        assertThat(server.accept()).isNull();
        assertThat(detached.queued()).as("unknown for UNIX sockets").isZero();

        detached.reattach();
        try (SocketChannel accepted = server.accept()) {
          assertThat(accepted).isNotNull();
        }
      }
    }
  }

  private static ServerSocketChannel server() throws Exception {
    return ServerSocketChannel.open(INET)
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static DetachedListener detach(ServerSocketChannel server) throws Exception {
    return DetachedListener.detach(
        LIBC, Descriptors.listener(LIBC, Descriptors.of(server)), Exclusion.NONE);
  }

  /** It takes a copy, a silent one, and looks at epoll. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void with_too_few_descriptors_the_listener_stays_and_nothing_leaks(int left) throws Exception {
    try (ServerSocketChannel server = server()) {
      Listener listener = Descriptors.listener(LIBC, Descriptors.of(server));
      DetachedListener.detach(LIBC, listener, Exclusion.NONE).reattach();

      IOException failure = null;
      try (FewDescriptors few = new FewDescriptors(left)) {
        DetachedListener.detach(LIBC, listener, Exclusion.NONE);
      } catch (IOException expected) {
        failure = expected;
      }

      assertThat(failure).hasMessageMatching("(?i).*too many open files.*");
      try (SocketChannel client = SocketChannel.open(server.getLocalAddress());
          SocketChannel accepted = server.accept()) {
        assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
      }
    }
  }

  @Test
  void without_a_free_descriptor_a_selector_still_gets_it_back() throws Exception {
    try (Selector selector = Selector.open();
        ServerSocketChannel server = server()) {
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
      selector.selectNow();
      detach(server).reattach();
      DetachedListener detached = detach(server);
      try (SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
        try (FewDescriptors none = new FewDescriptors(0)) {
          detached.reattach();
        }

        assertThat(selector.select(30_000)).isEqualTo(1);
        try (SocketChannel accepted = server.accept()) {
          assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
        }
      }
    }
  }

  @Test
  void without_a_free_descriptor_it_tells_that_nobody_was_woken() throws Exception {
    try (ServerSocketChannel server = server()) {
      DetachedListener detached = detach(server);
      boolean woken;
      try (FewDescriptors none = new FewDescriptors(0)) {
        woken = detached.wakeAcceptors();
      }
      assertThat(woken).isFalse();
      assertThat(detached.wakeAcceptors()).isTrue();
      detached.release();
    }
  }

  @Test
  void without_a_free_descriptor_a_thread_in_accept_gets_it_back() throws Exception {
    try (Acceptor app = new Acceptor(0)) {
      Listener listener = Descriptors.listener(LIBC, app.fd);
      DetachedListener.detach(LIBC, listener, Exclusion.NONE).reattach();
      DetachedListener detached = DetachedListener.detach(LIBC, listener, Exclusion.NONE);
      Await.until("the thread waits", app::isWaiting); // In poll, or in accept again.
      try (Socket client = app.connect()) {
        try (FewDescriptors none = new FewDescriptors(0)) {
          detached.reattach();
        }

        Await.until(
            "accepted",
            () -> {
              detached.wakeAcceptors(); // As its owner does until it could look.
              return app.hasAccepted();
            });
        assertThat(app.accepted()).isEqualTo(client.getLocalPort());
      }
    }
  }
}
