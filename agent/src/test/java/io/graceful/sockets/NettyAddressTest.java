package io.graceful.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.BufferOverflowException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against Netty's own reader and writer. */
class NettyAddressTest {

  /** As long as that of Netty's EpollServerSocketChannel. */
  private final byte[] bytes = new byte[26];

  @ParameterizedTest
  @CsvSource({
    "INET,  127.0.0.1, 127.0.0.1",
    "INET6, ::1,       ::1",
    "INET6, ::,        ::1",
    "INET6, ::,        127.0.0.1",
    "INET6, 127.0.0.1, 127.0.0.1"
  })
  void writes_what_netty_s_accept_writes(
      StandardProtocolFamily family, String listener, String client) throws Exception {
    Epoll.ensureAvailability();
    byte[] nettys = new byte[bytes.length];
    InetSocketAddress address = acceptWithNetty(family, listener, client, nettys);

    NettyAddress.write(bytes, address);

    assertThat(bytes).isEqualTo(nettys);
    assertThat(bytes[0]).isEqualTo((byte) (client.contains(":") ? 24 : 8));
  }

  @ParameterizedTest
  @CsvSource({
    "203.0.113.7, 203.0.113.7",
    "255.255.255.255, 255.255.255.255",
    "2001:db8::1, 2001:db8::1",
    "::ffff:203.0.113.7, 203.0.113.7",
    "fe80::1, fe80::1"
  })
  void netty_reads_what_was_written(String address, String read) throws IOException {
    NettyAddress.write(bytes, new InetSocketAddress(address, 65535));

    assertThat(readByNetty()).isEqualTo(new InetSocketAddress(read, 65535));
  }

  @Test
  void netty_reads_the_scope_of_a_link_local_address() throws IOException {
    byte[] linkLocal = InetAddress.getByName("fe80::1").getAddress();
    InetAddress scoped = Inet6Address.getByAddress(null, linkLocal, 0x01020304);

    NettyAddress.write(bytes, new InetSocketAddress(scoped, 1));

    assertThat(((Inet6Address) readByNetty().getAddress()).getScopeId()).isEqualTo(0x01020304);
  }

  @Test
  void overwrites_a_longer_address() throws IOException {
    NettyAddress.write(bytes, new InetSocketAddress("2001:db8::1", 1));
    InetSocketAddress shorter = new InetSocketAddress("192.0.2.1", 8080);

    NettyAddress.write(bytes, shorter);

    assertThat(readByNetty()).isEqualTo(shorter);
  }

  @Test
  void an_array_that_is_too_short_is_refused() {
    assertThatThrownBy(
            () -> NettyAddress.write(new byte[8], new InetSocketAddress("192.0.2.1", 8080)))
        .isInstanceOf(BufferOverflowException.class);
  }

  private InetSocketAddress readByNetty() {
    return NativeInetAddress.address(bytes, 1, bytes[0]);
  }

  /** Returns the client's address as the client itself knows it. */
  private static InetSocketAddress acceptWithNetty(
      ProtocolFamily family, String listener, String client, byte[] nettys) throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open(family)) {
      server.bind(new InetSocketAddress(InetAddress.getByName(listener), 0));
      int port = server.socket().getLocalPort();
      try (SocketChannel channel = SocketChannel.open(new InetSocketAddress(client, port))) {
        new Socket(new Socket(Descriptors.of(server)).accept(nettys)).close();
        return (InetSocketAddress) channel.getLocalAddress();
      }
    }
  }
}
