package io.graceful.agent;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ProcFs;
import io.graceful.sockets.Descriptors;
import io.graceful.sockets.InheritedSockets;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeavesNoDescriptor.class)
class PassedListenersTest {

  private static final String STORED = "graceful.tcp4.127.0.0.1.80";

  private ServerSocketChannel one;
  private ServerSocketChannel other;

  @BeforeEach
  void listen() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    one = ServerSocketChannel.open().bind(any);
    other = ServerSocketChannel.open().bind(any);
  }

  @AfterEach
  void close() throws Exception {
    one.close();
    other.close();
  }

  @Test
  void takes_listeners_and_leaves_the_rest() throws Exception {
    int counter = LIBC.eventCounter();
    int first = copyOf(one);
    int second = copyOf(other);

    InheritedSockets sockets =
        PassedListeners.take(LIBC, List.of(first, counter, second, 1_000_000), null);

    assertThat(sockets.keys())
        .extracting(Object::toString)
        .containsExactly(
            "127.0.0.1:" + one.socket().getLocalPort(),
            "127.0.0.1:" + other.socket().getLocalPort());
    assertThat(ProcFs.target(counter)).contains("eventfd");
    sockets.release();
    LIBC.close(counter);
  }

  @Test
  void there_may_be_none() throws Exception {
    assertThat(PassedListeners.take(LIBC, List.of(1_000_000), STORED)).isNull();
  }

  @Test
  void what_was_left_for_us_and_is_bound_by_nobody_is_stale() throws Exception {
    InheritedSockets sockets =
        PassedListeners.take(LIBC, List.of(copyOf(one), copyOf(other)), "a.socket:" + STORED);

    assertThat(sockets.dropStale())
        .singleElement()
        .hasToString("127.0.0.1:" + other.socket().getLocalPort());
    assertThat(sockets.keys()).hasSize(1);
    sockets.release();
  }

  @Test
  void what_a_socket_unit_has_as_well_is_one_and_never_stale() throws Exception {
    InheritedSockets sockets =
        PassedListeners.take(LIBC, List.of(copyOf(one), copyOf(one)), STORED + ":a.socket");

    assertThat(sockets.keys()).hasSize(1);
    assertThat(sockets.dropStale()).isEmpty();
    sockets.release();
  }

  private static int copyOf(ServerSocketChannel server) throws Exception {
    return LIBC.duplicate(Descriptors.of(server));
  }
}
