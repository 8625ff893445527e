package apps.jdk;

import apps.App;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.Executor;

/** {@code java.net.ServerSocket}, each connection a task of its own. */
final class ServerSocketApp implements Runnable {

  private static final int ACCEPT_TIMEOUT_MILLIS = 5_000;
  private static final int READ_TIMEOUT_MILLIS = 30_000;

  private final ServerSocket server = new ServerSocket();
  private final App app;
  private final Executor executor;
  private int readTimeoutMillis;

  ServerSocketApp(InetSocketAddress address, App app, Executor executor) throws IOException {
    this.app = app;
    this.executor = executor;
    server.bind(address, Main.BACKLOG);
  }

  static void startThread(Runnable task) {
    new Thread(task).start();
  }

  int port() {
    return server.getLocalPort();
  }

  /** Wakes from accept every few seconds, as servers do that look at a flag; drops idle clients. */
  ServerSocketApp withTimeouts() throws IOException {
    server.setSoTimeout(ACCEPT_TIMEOUT_MILLIS);
    readTimeoutMillis = READ_TIMEOUT_MILLIS;
    return this;
  }

  @Override
  public void run() {
    try {
      while (!server.isClosed()) {
        acceptOne();
      }
    } catch (IOException e) {
      throw new IllegalStateException("can't accept on port " + port(), e);
    }
  }

  private void acceptOne() throws IOException {
    try {
      Socket socket = server.accept();
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(readTimeoutMillis);
      executor.execute(new BlockingConnection(new SocketStreams(socket), socket::getPort, app));
    } catch (SocketTimeoutException e) {
      // Nobody came: look at the flag and go on.
    }
  }
}
