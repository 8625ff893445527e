package apps.protocols;

import apps.App;
import apps.Options;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;

/**
 * What a TCP server may speak besides plain requests and responses, each connection with a thread
 * of its own: a flavour for each way of beginning a conversation.
 */
public final class Main {

  static final int BACKLOG = 1024;

  private Main() {}

  public static void main(String[] args) throws Exception {
    Options options =
        Options.parse(args, Arrays.asList("threads", "nio", "lines", "tls", "proxied"));
    App app = App.start(options);
    Conversations conversations = new Conversations();
    Runtime.getRuntime().addShutdownHook(new Thread(conversations::endAll));
    InetSocketAddress address = options.address();
    switch (options.flavour()) {
      case "threads":
        accept(new ServerSocket(), address, app, conversations, HttpConversation::new);
        break;
      case "nio":
        SelectorAcceptor acceptor = new SelectorAcceptor(address);
        app.bound();
        app.serving();
        acceptor.run(app, conversations);
        break;
      case "lines":
        accept(new ServerSocket(), address, app, conversations, LineConversation::new);
        break;
      case "tls":
        accept(Tls.serverSocket(app), address, app, conversations, HttpConversation::new);
        break;
      default:
        accept(new ServerSocket(), address, app, conversations, ProxiedConversation::new);
    }
  }

  private static void accept(
      ServerSocket server,
      InetSocketAddress address,
      App app,
      Conversations conversations,
      Conversation.Kind kind)
      throws IOException {
    server.bind(address, BACKLOG);
    app.bound();
    app.serving();
    while (!server.isClosed()) {
      Socket socket = server.accept();
      try {
        conversations.begin(kind.with(app, new SocketClient(socket)));
      } catch (IOException e) {
        socket.close(); // The client has left already.
      }
    }
  }
}
