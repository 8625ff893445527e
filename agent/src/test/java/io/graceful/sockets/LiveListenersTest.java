package io.graceful.sockets;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.LeavesNoDescriptor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeavesNoDescriptor.class)
class LiveListenersTest {

  private final BoundSockets bound = new BoundSockets();

  @TempDir Path directory;

  @Test
  void finds_listeners_of_every_family() throws Exception {
    Path path = directory.resolve("app.sock");
    try (ServerSocketChannel tcp = server();
        ServerSocketChannel unix =
            ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(path))) {
      bound.record(Descriptors.of(tcp), false);
      bound.record(Descriptors.of(unix), false);

      LiveListeners live = LiveListeners.scan(LIBC, bound);

      assertThat(live.handedOver())
          .extracting(Listener::toString)
          .containsExactlyInAnyOrder("127.0.0.1:" + tcp.socket().getLocalPort(), path.toString());
    }
  }

  @Test
  void leaves_out_what_no_hook_has_seen() throws Exception {
    try (ServerSocketChannel debuggers = server()) {
      LiveListeners live = LiveListeners.scan(LIBC, bound);

      assertThat(descriptors(live.handedOver())).doesNotContain(Descriptors.of(debuggers));
      assertThat(descriptors(live.leftOut())).contains(Descriptors.of(debuggers));
    }
  }

  @Test
  void does_not_mention_ephemeral_ports() throws Exception {
    try (ServerSocketChannel any = server()) {
      bound.record(Descriptors.of(any), true);

      LiveListeners live = LiveListeners.scan(LIBC, bound);

      assertThat(descriptors(live.handedOver())).doesNotContain(Descriptors.of(any));
      assertThat(descriptors(live.leftOut())).doesNotContain(Descriptors.of(any));
    }
  }

  @Test
  void a_listener_with_two_numbers_is_one_listener_and_known_by_the_one_that_the_app_bound()
      throws Exception {
    try (ServerSocketChannel server = server()) {
      int copy = LIBC.duplicate(Descriptors.of(server));
      bound.record(copy, false);

      List<Listener> found = LiveListeners.scan(LIBC, bound).handedOver();

      assertThat(found)
          .singleElement()
          .extracting(Listener::descriptors)
          .isEqualTo(List.of(copy, Descriptors.of(server)));
      LIBC.close(copy);
    }
  }

  @Test
  void what_does_not_listen_is_no_listener() throws Exception {
    try (ServerSocketChannel server = server();
        SocketChannel client = SocketChannel.open(server.getLocalAddress());
        SocketChannel accepted = server.accept();
        DatagramChannel udp = DatagramChannel.open().bind(null);
        ServerSocketChannel unbound = ServerSocketChannel.open()) {
      bound.record(Descriptors.of(client), false);
      bound.record(Descriptors.of(accepted), false);
      bound.record(Descriptors.of(udp), false);
      bound.record(Descriptors.of(unbound), false);

      assertThat(LiveListeners.scan(LIBC, bound).handedOver()).isEmpty();
    }
  }

  private static List<Integer> descriptors(List<Listener> listeners) {
    return listeners.stream().map(Listener::descriptor).collect(Collectors.toList());
  }

  private static ServerSocketChannel server() throws Exception {
    return ServerSocketChannel.open()
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }
}
