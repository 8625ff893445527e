package io.graceful.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BridgeTest {

  private final List<Object> asked = new ArrayList<>();

  @AfterEach
  void disconnect() {
    Bridge.binder = null;
    Bridge.keeper = null;
  }

  @Test
  void without_a_delegate_nothing_is_ours() {
    assertThat(Bridge.bind(3, new InetSocketAddress(80))).isFalse();
    assertThat(Bridge.bind(3, InetAddress.getLoopbackAddress(), 80)).isFalse();
    assertThat(Bridge.bindPath(3, Path.of("/a.sock"))).isFalse();
    assertThat(Bridge.keeps(new File("/a.sock"))).isFalse();
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
}
