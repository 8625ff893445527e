package io.graceful.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BridgeTest {

  private final List<Object> asked = new ArrayList<>();

  @AfterEach
  void disconnect() {
    Bridge.binder = null;
    Bridge.keeper = null;
    Bridge.acceptor = null;
    Bridge.guard = null;
  }

  @Test
  void without_a_delegate_nothing_is_ours() {
    assertThat(Bridge.bind(3, new InetSocketAddress(80))).isFalse();
    assertThat(Bridge.bind(3, InetAddress.getLoopbackAddress(), 80)).isFalse();
    assertThat(Bridge.bindPath(3, Path.of("/a.sock"))).isFalse();
    assertThat(Bridge.keeps(new File("/a.sock"))).isFalse();
    assertThat(Bridge.accepted("fd", "remote", 1)).isOne();
    assertThat(Bridge.accepted("remote", 3)).isEqualTo(3);
    Bridge.enterGuarded();
    Bridge.leaveGuarded();
  }

  @Test
  void a_bind_is_what_the_delegate_says() {
    Bridge.binder =
        (fd, address) -> {
          asked.add(fd);
          asked.add(address);
          return fd.equals(3);
        };
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);

    assertThat(Bridge.bind(3, (Object) address)).isTrue();
    assertThat(Bridge.bind(4, address.getAddress(), 80)).isFalse();
    assertThat(Bridge.bindPath(3, Path.of("/a.sock"))).isTrue();
    assertThat(asked).containsExactly(3, address, 4, address, 3, "/a.sock");
  }

  @Test
  void a_file_is_kept_if_the_delegate_says_so() {
    Bridge.keeper = path -> path.equals("/a.sock");

    assertThat(Bridge.keeps(new File("/a.sock"))).isTrue();
    assertThat(Bridge.keeps(Path.of("/b.sock"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void an_accept_that_succeeded_is_told(int status) {
    Bridge.acceptor = this::record;

    assertThat(Bridge.accepted("fd", "remote", status)).isEqualTo(status);
    assertThat(asked).containsExactly("fd", "remote");
  }

  /** The JDK's IOStatus. */
  @ParameterizedTest
  @ValueSource(ints = {0, -1, -2, -3})
  void an_accept_that_did_not_succeed_is_not_told(int status) {
    Bridge.acceptor = this::record;

    assertThat(Bridge.accepted("fd", "remote", status)).isEqualTo(status);
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  void an_accepted_descriptor_is_told(int fd) {
    Bridge.acceptor = this::record;

    assertThat(Bridge.accepted("remote", fd)).isEqualTo(fd);
    assertThat(asked).containsExactly(fd, "remote");
  }

  /** Netty's errno, negated. */
  @ParameterizedTest
  @ValueSource(ints = {-1, -11})
  void no_descriptor_is_not_told(int fd) {
    Bridge.acceptor = this::record;

    assertThat(Bridge.accepted("remote", fd)).isEqualTo(fd);
    assertThat(asked).isEmpty();
  }

  @Test
  void the_guard_is_held_between_entering_and_leaving() {
    ReentrantLock guard = new ReentrantLock();
    Bridge.guard = guard;

    Bridge.enterGuarded();
    assertThat(guard.isHeldByCurrentThread()).isTrue();
    Bridge.leaveGuarded();
    assertThat(guard.isLocked()).isFalse();
  }

  private void record(Object fd, Object remote) {
    asked.add(fd);
    asked.add(remote);
  }
}
