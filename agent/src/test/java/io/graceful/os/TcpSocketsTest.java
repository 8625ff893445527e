package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeavesNoDescriptor.class)
class TcpSocketsTest {

  private final TcpSockets tcp = new TcpSockets(LIBC);

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.0.0.2", "::1"})
  void both_ends_know_each_other(String host) throws Exception {
    InetAddress address = InetAddress.getByName(host);
    int family = address instanceof Inet4Address ? Libc.AF_INET : Libc.AF_INET6;
    try (ServerSocketChannel server =
        ServerSocketChannel.open().bind(new InetSocketAddress(address, 0))) {
      int fd = tcp.bound(family, address);
      tcp.connect(fd, family, (InetSocketAddress) server.getLocalAddress());
      try (SocketChannel accepted = server.accept()) {
        assertThat(tcp.local(fd)).isEqualTo(accepted.getRemoteAddress());
        assertThat(tcp.peer(fd)).isEqualTo(server.getLocalAddress());
      } finally {
        tcp.abort(fd);
      }
    }
  }

  @Test
  void an_ipv4_address_goes_through_an_ipv6_socket() throws Exception {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    try (ServerSocketChannel server =
        ServerSocketChannel.open().bind(new InetSocketAddress(loopback, 0))) {
      int fd = tcp.bound(Libc.AF_INET6, loopback);
      tcp.connect(fd, Libc.AF_INET6, (InetSocketAddress) server.getLocalAddress());
      try (SocketChannel accepted = server.accept()) {
        assertThat(tcp.local(fd)).isEqualTo(accepted.getRemoteAddress());
      } finally {
        tcp.abort(fd);
      }
    }
  }
}
