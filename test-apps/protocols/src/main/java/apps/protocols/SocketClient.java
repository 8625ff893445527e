package apps.protocols;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** A client that came through a {@code ServerSocket}. */
final class SocketClient implements Client {

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  SocketClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  @Override
  public InputStream in() {
    return in;
  }

  @Override
  public OutputStream out() {
    return out;
  }

  @Override
  public int port() {
    return socket.getPort();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
