package apps.jdk;

import apps.App;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** {@code ServerSocketChannel} in blocking mode, each connection a thread of its own. */
final class BlockingChannelApp {

  private final ServerSocketChannel server;
  private final App app;

  BlockingChannelApp(ServerSocketChannel server, SocketAddress address, App app)
      throws IOException {
    this.server = server;
    this.app = app;
    server.bind(address, Main.BACKLOG);
  }

  void run() throws IOException {
    while (server.isOpen()) {
      SocketChannel channel = server.accept();
      new Thread(new BlockingConnection(channel, () -> PeerPort.of(channel), app)).start();
    }
  }
}
