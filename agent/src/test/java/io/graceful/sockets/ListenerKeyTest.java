package io.graceful.sockets;

import static io.graceful.os.NativeLibc.LIBC;
import static java.net.StandardProtocolFamily.INET;
import static java.net.StandardProtocolFamily.INET6;
import static java.net.StandardProtocolFamily.UNIX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.os.LeavesNoDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeavesNoDescriptor.class)
class ListenerKeyTest {

  @TempDir Path directory;

  /** What the new process asks for must read as what the old one has. */
  @ParameterizedTest
  @CsvSource({
    "INET, 127.0.0.1, tcp4 127.0.0.1:",
    "INET, 127.1.2.3, tcp4 127.1.2.3:",
    "INET, 0.0.0.0, tcp4 *:",
    "INET6, 127.0.0.1, tcp4 127.0.0.1:",
    "INET6, ::, tcp6 *:",
    "INET6, 0.0.0.0, tcp6 *:",
  })
  void a_request_and_what_the_kernel_made_of_it_have_the_same_key(
      StandardProtocolFamily family, String address, String expected) throws Exception {
    try (ServerSocketChannel old = ServerSocketChannel.open(family);
        ServerSocketChannel fresh = ServerSocketChannel.open(family)) {
      old.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
      int port = old.socket().getLocalPort();
      InetSocketAddress request = new InetSocketAddress(InetAddress.getByName(address), port);

      ListenerKey bound = ListenerKey.ofBound(LIBC, Descriptors.of(old));
      ListenerKey requested = ListenerKey.ofRequest(LIBC, Descriptors.of(fresh), request);

      assertThat(bound.text()).isEqualTo(expected + port);
      assertThat(requested).isEqualTo(bound).hasSameHashCodeAs(bound);
      assertThat(bound.port()).isEqualTo(port);
      assertThat(bound.isAnyAddress()).isEqualTo(expected.contains("*"));
      assertThat(bound.isUnix()).isFalse();
      assertThat(bound.path()).isNull();
    }
  }

  @Test
  void a_server_socket_has_the_key_of_a_channel() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int fd = Descriptors.ofListener(LIBC, socket.getLocalPort());

      assertThat(ListenerKey.ofBound(LIBC, fd).text())
          .isEqualTo("tcp4 127.0.0.1:" + socket.getLocalPort());
    }
  }

  @Test
  void ports_addresses_and_families_make_a_difference() throws Exception {
    try (ServerSocketChannel four = ServerSocketChannel.open(INET);
        ServerSocketChannel six = ServerSocketChannel.open(INET6)) {
      int fd4 = Descriptors.of(four);
      int fd6 = Descriptors.of(six);
      InetSocketAddress local = new InetSocketAddress("127.0.0.1", 80);

      assertThat(ListenerKey.ofRequest(LIBC, fd4, local))
          .as("the clients are the same")
          .isEqualTo(ListenerKey.ofRequest(LIBC, fd6, local))
          .isNotEqualTo(ListenerKey.ofRequest(LIBC, fd4, new InetSocketAddress("127.0.0.2", 80)))
          .isNotEqualTo(ListenerKey.ofRequest(LIBC, fd4, new InetSocketAddress("127.0.0.1", 81)))
          .isNotEqualTo(ListenerKey.ofRequest(LIBC, fd4, new InetSocketAddress(80)))
          .isNotEqualTo("tcp4 127.0.0.1:80");
      assertThat(ListenerKey.ofRequest(LIBC, fd4, new InetSocketAddress("0.0.0.0", 80)))
          .isNotEqualTo(ListenerKey.ofRequest(LIBC, fd6, new InetSocketAddress("::", 80)));
    }
  }

  @Test
  void a_name_that_was_not_found_has_no_key() throws Exception {
    try (ServerSocketChannel four = ServerSocketChannel.open(INET)) {
      InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 80);

      assertThat(ListenerKey.ofRequest(LIBC, Descriptors.of(four), unresolved)).isNull();
      assertThat(ListenerKey.ofRequest(LIBC, Descriptors.of(four), "127.0.0.1:80")).isNull();
    }
  }

  @Test
  void a_unix_socket_is_known_by_its_path() throws Exception {
    Path path = directory.resolve("app.sock");
    try (ServerSocketChannel old = ServerSocketChannel.open(UNIX);
        ServerSocketChannel fresh = ServerSocketChannel.open(UNIX)) {
      old.bind(UnixDomainSocketAddress.of(path));

      ListenerKey bound = ListenerKey.ofBound(LIBC, Descriptors.of(old));

      assertThat(ListenerKey.ofRequest(LIBC, Descriptors.of(fresh), path)).isEqualTo(bound);
      assertThat(bound.text()).isEqualTo("unix " + path);
      assertThat(bound).hasToString(path.toString());
      assertThat(bound.path()).isEqualTo(path.toString());
      assertThat(bound.isUnix()).isTrue();
      assertThat(bound.isAnyAddress()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"graceful-test-", "graceful-test *:80 "})
  void an_abstract_unix_socket_has_a_name_and_no_path(String prefix) throws Exception {
    String name = prefix + System.nanoTime();
    int[] pair = LIBC.packetPair();
    try {
      LIBC.bindAbstract(pair[0], name);

      ListenerKey bound = ListenerKey.ofBound(LIBC, pair[0]);

      assertThat(bound.text()).isEqualTo("unix @" + name);
      assertThat(bound.path()).isNull();
      assertThat(bound.isUnix()).isTrue();
      assertThat(bound.isAnyAddress()).isFalse();
      assertThat(ListenerKey.ofBound(LIBC, pair[1]).text()).as("without a name").isEqualTo("unix ");
    } finally {
      LIBC.close(pair[0]);
      LIBC.close(pair[1]);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "tcp4 *:8080, *:8080",
    "tcp6 127.0.0.1:80, 127.0.0.1:80",
    "tcp6only [0:0:0:0:0:0:0:1]:80, [0:0:0:0:0:0:0:1]:80",
    "unix /run/a b.sock, /run/a b.sock",
    "unix @name, @name",
  })
  void survives_the_way_to_the_other_process(String text, String forPeople) throws Exception {
    ListenerKey key = ListenerKey.parse(text);

    assertThat(key.text()).isEqualTo(text);
    assertThat(key).hasToString(forPeople).isEqualTo(ListenerKey.parse(key.text()));
  }

  /** The kernel switches IPV6_V6ONLY on at bind to one IPv6 address (net/ipv6/af_inet6.c). */
  @Test
  void a_listener_on_one_ipv6_address_has_the_key_of_its_request() throws Exception {
    try (ServerSocketChannel old = ServerSocketChannel.open();
        ServerSocketChannel fresh = ServerSocketChannel.open()) {
      old.bind(new InetSocketAddress("::1", 0));
      InetSocketAddress request = new InetSocketAddress("::1", old.socket().getLocalPort());
      assertThat(ListenerKey.ofRequest(LIBC, Descriptors.of(fresh), request))
          .isEqualTo(ListenerKey.ofBound(LIBC, Descriptors.of(old)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "tcp4",
        "tcp4 ",
        "tcp4 127.0.0.1",
        "tcp4 127.0.0.1:",
        "tcp4 127.0.0.1:0",
        "tcp4 127.0.0.1:65536",
        "tcp6 *:x",
        "tcp6 *:-1",
        "udp4 127.0.0.1:53",
        "unix ",
        "8080"
      })
  void what_is_no_name_of_a_listener_is_refused(String text) {
    assertThatThrownBy(() -> ListenerKey.parse(text))
        .isInstanceOf(IOException.class)
        .hasMessage("no listener has the name '" + text + "'");
  }
}
