package io.graceful.move;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.LeavesNoDescriptor;
import io.graceful.sockets.Descriptors;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeavesNoDescriptor.class)
class PastTest {

  @Test
  void what_was_written_counts_whether_the_client_has_got_it_or_not() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open();
        SocketChannel client = SocketChannel.open(bound(server));
        SocketChannel app = server.accept()) {
      app.configureBlocking(false);
      int fd = Descriptors.of(app);
      Past before = Past.of(LIBC, fd);
      long written = 0;
      for (int round = 0; round < 200; round++) {
        written += app.write(ByteBuffer.allocate(50_000)); // Soon it takes no more.
        assertThat(Past.of(LIBC, fd).written() - before.written()).isEqualTo(written);
        client.read(ByteBuffer.allocate(10_000 * (round % 3)));
        assertThat(Past.of(LIBC, fd).written() - before.written()).isEqualTo(written);
      }
      assertThat(Past.of(LIBC, fd).consumed()).isEqualTo(before.consumed());
    }
  }

  private static InetSocketAddress bound(ServerSocketChannel server) throws Exception {
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return (InetSocketAddress) server.getLocalAddress();
  }
}
