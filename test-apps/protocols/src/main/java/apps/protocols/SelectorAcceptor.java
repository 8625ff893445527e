package apps.protocols;

import apps.App;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Accepts with a selector, and gives each connection a selector of its own. */
final class SelectorAcceptor {

  private final ServerSocketChannel server = ServerSocketChannel.open();
  private final Selector selector = Selector.open();

  SelectorAcceptor(InetSocketAddress address) throws IOException {
    server.configureBlocking(false);
    server.bind(address, Main.BACKLOG);
  }

  void run(App app, Conversations conversations) throws IOException {
    server.register(selector, SelectionKey.OP_ACCEPT);
    while (server.isOpen()) {
      selector.select();
      selector.selectedKeys().clear();
      for (SocketChannel channel = server.accept(); channel != null; channel = server.accept()) {
        try {
          conversations.begin(new HttpConversation(app, new ChannelClient(channel)));
        } catch (IOException e) {
          channel.close(); // The client has left already.
        }
      }
    }
  }
}
