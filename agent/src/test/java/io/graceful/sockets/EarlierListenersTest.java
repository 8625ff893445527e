package io.graceful.sockets;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.LeavesNoDescriptor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeavesNoDescriptor.class)
class EarlierListenersTest {

  private static final IntPredicate NONE = port -> false;

  private final BoundSockets bound = new BoundSockets();

  @TempDir Path directory;

  @Test
  void a_port_that_the_kernel_chose_is_not_handed_over_unless_somebody_has_named_it()
      throws Exception {
    try (ServerSocketChannel named = server();
        ServerSocketChannel chosen = server()) {
      int port = named.socket().getLocalPort();

      String words = record(candidate -> candidate == port, NONE);

      assertThat(words)
          .contains("[127.0.0.1:" + port + "]; not handed over, ")
          .endsWith(" have chosen the port: [127.0.0.1:" + chosen.socket().getLocalPort() + "]");
      assertThat(LiveListeners.scan(LIBC, bound).handedOver())
          .extracting(Listener::toString)
          .containsExactly("127.0.0.1:" + port);
    }
  }

  @Test
  void what_the_jvm_itself_listens_on_is_left_alone() throws Exception {
    try (ServerSocketChannel debuggers = server();
        ServerSocketChannel app = unix("app.sock");
        ServerSocketChannel jcmds = unix(".java_pid4711.tmp")) {
      int port = debuggers.socket().getLocalPort();

      String words = record(candidate -> candidate == port, candidate -> candidate == port);

      assertThat(words).isEqualTo("[" + directory.resolve("app.sock") + "]");
      assertThat(LiveListeners.scan(LIBC, bound).leftOut())
          .extracting(Listener::toString)
          .contains("127.0.0.1:" + port, directory.resolve(".java_pid4711.tmp").toString());
    }
  }

  @Test
  void what_was_seen_is_not_guessed() throws Exception {
    try (ServerSocketChannel seen = server()) {
      bound.record(Descriptors.of(seen), false);

      assertThat(record(NONE, NONE)).isEqualTo("[]");
      assertThat(LiveListeners.scan(LIBC, bound).handedOver()).hasSize(1);
    }
  }

  private String record(IntPredicate isNamed, IntPredicate isDebuggers) throws Exception {
    EarlierListeners earlier = new EarlierListeners(LIBC, isNamed, isDebuggers);
    earlier.record(bound);
    return earlier.toString();
  }

  private static ServerSocketChannel server() throws Exception {
    return ServerSocketChannel.open()
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private ServerSocketChannel unix(String name) throws Exception {
    return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(directory.resolve(name)));
  }
}
