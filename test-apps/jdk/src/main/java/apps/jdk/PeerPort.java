package apps.jdk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.SocketChannel;

/** The port at the other end of a channel, 0 on a UNIX domain socket. */
final class PeerPort {

  private PeerPort() {}

  static int of(SocketChannel channel) {
    try {
      return port(channel.getRemoteAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int of(AsynchronousSocketChannel channel) {
    try {
      return port(channel.getRemoteAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int port(SocketAddress address) {
    return address instanceof InetSocketAddress ? ((InetSocketAddress) address).getPort() : 0;
  }
}
