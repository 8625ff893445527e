package io.graceful.sockets;

import static io.graceful.os.NativeLibc.LIBC;
import static java.net.StandardProtocolFamily.INET;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.Epoll;
import io.graceful.os.EpollRegistration;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ProcFs;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeavesNoDescriptor.class)
class InheritedSocketsTest {

  private final InheritedSockets inherited = new InheritedSockets(LIBC);
  private final List<ListenerKey> claims = new ArrayList<>();
  private ServerSocketChannel predecessors;
  private ListenerKey key;
  private long inode;

  @BeforeEach
  void inherit() throws Exception {
    predecessors = ServerSocketChannel.open(INET);
    predecessors.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    int fd = Descriptors.of(predecessors);
    key = ListenerKey.ofBound(LIBC, fd);
    inode = ProcFs.socketInode(fd);
    inherited.add(key, LIBC.duplicate(fd));
    inherited.onClaim(claims::add);
  }

  @AfterEach
  void close() throws Exception {
    inherited.release();
    predecessors.close();
  }

  @Test
  void the_apps_socket_becomes_the_inherited_listener() throws Exception {
    try (ServerSocketChannel fresh = ServerSocketChannel.open(INET)) {
      int fd = Descriptors.of(fresh);
      assertThat(inherited.unclaimed()).containsExactly(key);

      assertThat(inherited.adopt(key, fd)).isTrue();

      assertThat(ProcFs.socketInode(fd)).isEqualTo(inode);
      assertThat(LIBC.isListening(fd)).isTrue();
      assertThat(claims).containsExactly(key);
      assertThat(inherited.unclaimed()).isEmpty();
      assertThat(inherited.adopted()).containsExactly(fd);
      assertThat(inherited.keys()).containsExactly(key);
    }
  }

  @Test
  void one_at_the_same_port_is_meant_until_it_is_claimed() throws Exception {
    ListenerKey any = ListenerKey.parse("tcp6 *:" + key.port());
    assertThat(inherited.meantFor(any)).isEqualTo(key);
    assertThat(inherited.meantFor(key)).as("it is the same").isNull();
    assertThat(inherited.meantFor(ListenerKey.parse("tcp6 *:1"))).isNull();
    assertThat(inherited.meantFor(ListenerKey.parse("unix /run/x"))).isNull();

    try (ServerSocketChannel fresh = ServerSocketChannel.open(INET)) {
      inherited.adopt(key, Descriptors.of(fresh));
      assertThat(inherited.meantFor(any)).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void non_blocking_is_what_the_app_has_set(boolean nonBlocking) throws Exception {
    try (ServerSocketChannel fresh = ServerSocketChannel.open(INET)) {
      fresh.configureBlocking(!nonBlocking);

      inherited.adopt(key, Descriptors.of(fresh));

      assertThat(LIBC.isNonBlocking(Descriptors.of(fresh))).isEqualTo(nonBlocking);
    }
  }

  @Test
  void non_blocking_is_never_switched_off_as_the_predecessor_shares_it() throws Exception {
    predecessors.configureBlocking(false);
    try (ServerSocketChannel fresh = ServerSocketChannel.open(INET)) {
      inherited.adopt(key, Descriptors.of(fresh));

      assertThat(LIBC.isNonBlocking(Descriptors.of(predecessors))).isTrue();
    }
  }

  @Test
  void a_selector_that_knew_the_socket_before_its_bind_is_told_of_clients() throws Exception {
    try (Selector selector = Selector.open();
        ServerSocketChannel fresh = ServerSocketChannel.open(INET)) {
      fresh.configureBlocking(false);
      SelectionKey selected = fresh.register(selector, SelectionKey.OP_ACCEPT);
      selector.selectNow();
      // An unbound socket has hung up, as epoll sees it.
      selector.selectedKeys().clear();

      inherited.adopt(key, Descriptors.of(fresh));

      try (SocketChannel client = SocketChannel.open(predecessors.getLocalAddress())) {
        assertThat(client.isConnected()).isTrue();
        assertThat(selector.select(30_000)).isEqualTo(1);
        assertThat(selected.isAcceptable()).isTrue();
      }
    }
  }

  @Test
  void native_codes_epoll_keeps_its_entries() throws Exception {
    try (Epoll first = new Epoll(LIBC);
        Epoll second = new Epoll(LIBC);
        ServerSocketChannel fresh = ServerSocketChannel.open(INET)) {
      int fd = Descriptors.of(fresh);
      first.add(fd, Epoll.IN | Epoll.EDGE, 0x7766554433221100L);
      second.add(fd, Epoll.IN, -1);
      // A socket that is neither bound nor connected reports its hang-up.
      first.ready();

      inherited.adopt(key, fd);

      assertThat(EpollRegistration.of(fd)).hasSize(2);
      assertThat(first.ready()).isEmpty();
      assertThat(second.ready()).isEmpty();
      try (SocketChannel client = SocketChannel.open(predecessors.getLocalAddress())) {
        assertThat(client.isConnected()).isTrue();
        assertThat(first.ready()).containsExactly(0x7766554433221100L);
        assertThat(second.ready()).containsExactly(-1L);
      }
    }
  }

  @Test
  void a_listener_is_adopted_once() throws Exception {
    try (ServerSocketChannel fresh = ServerSocketChannel.open(INET);
        ServerSocketChannel second = ServerSocketChannel.open(INET)) {
      inherited.adopt(key, Descriptors.of(fresh));

      assertThat(inherited.adopt(key, Descriptors.of(second))).isFalse();

      assertThat(LIBC.isListening(Descriptors.of(second))).isFalse();
      assertThat(claims).containsExactly(key);
    }
  }

  @Test
  void two_listeners_with_the_same_key_are_adopted_by_two_sockets() throws Exception {
    inherited.add(key, LIBC.duplicate(Descriptors.of(predecessors)));
    try (ServerSocketChannel fresh = ServerSocketChannel.open(INET);
        ServerSocketChannel second = ServerSocketChannel.open(INET);
        ServerSocketChannel third = ServerSocketChannel.open(INET)) {
      assertThat(inherited.adopt(key, Descriptors.of(fresh))).isTrue();
      assertThat(inherited.unclaimed()).containsExactly(key);
      assertThat(inherited.adopt(key, Descriptors.of(second))).isTrue();
      assertThat(inherited.adopt(key, Descriptors.of(third))).isFalse();
    }
  }

  /** Spring Boot and others look whether a port is free by binding it. */
  @Test
  void an_app_that_only_probed_the_port_can_adopt_again() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (ServerSocketChannel probe = ServerSocketChannel.open(INET)) {
        assertThat(inherited.adopt(key, Descriptors.of(probe))).isTrue();
      }
      assertThat(inherited.unclaimed()).containsExactly(key);
      assertThat(inherited.adopted()).isEmpty();
    }
    assertThat(claims).containsExactly(key, key, key);
  }

  @Test
  void a_number_that_was_reused_is_not_taken_for_adopted() throws Exception {
    int number;
    try (ServerSocketChannel probe = ServerSocketChannel.open(INET)) {
      number = Descriptors.of(probe);
      inherited.adopt(key, number);
    }
    try (ServerSocketChannel other = ServerSocketChannel.open(INET)) {
      assertThat(Descriptors.of(other)).isEqualTo(number);

      assertThat(inherited.unclaimed()).containsExactly(key);
      assertThat(inherited.adopt(key, number)).isTrue();
    }
  }

  @Test
  void another_key_is_the_apps_own_business() throws Exception {
    try (ServerSocketChannel fresh = ServerSocketChannel.open(INET)) {
      ListenerKey other = ListenerKey.parse("tcp4 127.0.0.9:" + key.port());

      assertThat(inherited.adopt(other, Descriptors.of(fresh))).isFalse();

      assertThat(LIBC.isListening(Descriptors.of(fresh))).isFalse();
      assertThat(inherited.unclaimed()).containsExactly(key);
    }
  }

  @Test
  void release_closes_the_copies_and_leaves_the_app_what_it_has() throws Exception {
    try (ServerSocketChannel fresh = ServerSocketChannel.open(INET);
        ServerSocketChannel late = ServerSocketChannel.open(INET)) {
      int fd = Descriptors.of(fresh);
      inherited.adopt(key, fd);
      predecessors.close();

      inherited.release();
      inherited.release();

      assertThat(LIBC.isListening(fd)).isTrue();
      assertThat(inherited.adopt(key, Descriptors.of(late))).as("after release").isFalse();
      assertThat(openSocketsWith(inode)).containsExactly(fd);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/run/app.sock", "/run/./app.sock"})
  void keeps_the_paths_of_unix_sockets_until_release(String path) throws Exception {
    assertThat(inherited.hasPaths()).isFalse();
    inherited.add(ListenerKey.parse("unix " + path), LIBC.eventCounter());

    assertThat(inherited.hasPaths()).isTrue();
    assertThat(inherited.keepsPath(path)).isTrue();
    assertThat(inherited.keepsPath("/run/other.sock")).isFalse();
    inherited.release();
    assertThat(inherited.keepsPath(path)).isFalse();
  }

  private static List<Integer> openSocketsWith(long inode) throws Exception {
    List<Integer> found = new ArrayList<>();
    for (int fd : ProcFs.openDescriptors()) {
      if (ProcFs.socketInode(fd) == inode) {
        found.add(fd);
      }
    }
    return found;
  }
}
