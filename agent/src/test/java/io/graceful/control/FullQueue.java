package io.graceful.control;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** As many clients as a listener that does not accept keeps waiting. */
final class FullQueue implements AutoCloseable {

  private static final int MOST = 100;

  private final List<SocketChannel> clients = new ArrayList<>();
  private boolean full;

  FullQueue(Path socket) throws IOException {
    while (!full && clients.size() < MOST) {
      SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
      clients.add(client);
      client.configureBlocking(false);
      full = !connects(client, socket);
    }
  }

  private static boolean connects(SocketChannel client, Path socket) throws IOException {
    try {
      return client.connect(UnixDomainSocketAddress.of(socket));
    } catch (SocketException unavailable) { // EAGAIN (unix(7)).
      return false;
    }
  }

  /** Whether the next one would wait. */
  boolean isFull() {
    return full;
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel client : clients) {
      client.close();
    }
  }
}
