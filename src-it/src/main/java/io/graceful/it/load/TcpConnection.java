package io.graceful.it.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A TCP connection, or what is layered on one. */
final class TcpConnection extends Connection {
  private final Socket socket;
  private int readMillis;

  private TcpConnection(Socket socket) {
    this.socket = socket;
  }

  static TcpConnection open(InetSocketAddress address, int connectMillis, int readMillis)
      throws RequestFailed {
    return open(address, connectMillis, readMillis, socket -> socket);
  }

  /**
   * @param layer what is to be done with a connected socket before it is used
   */
  static TcpConnection open(
      InetSocketAddress address, int connectMillis, int readMillis, Layer layer)
      throws RequestFailed {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(address, connectMillis);
      if (socket.getLocalPort() == socket.getPort()) {
        // With nobody listening, the kernel may pick the server's own port for the client, and TCP
        // then connects it to itself.
        throw new ConnectException("Connection refused (connected to itself)");
      }
      socket.setSoTimeout(readMillis);
      TcpConnection connection = new TcpConnection(layer.on(socket));
      connection.readTimeout(readMillis);
      return connection;
    } catch (IOException e) {
      closeQuietly(socket);
      throw RequestFailed.connecting(e);
    }
  }

  @Override
  InputStream rawInput() throws IOException {
    return socket.getInputStream();
  }

  @Override
  OutputStream output() throws IOException {
    return socket.getOutputStream();
  }

  @Override
  void readTimeout(int millis) throws IOException {
    socket.setSoTimeout(millis);
    readMillis = millis;
  }

  @Override
  int readTimeout() {
    return readMillis;
  }

  @Override
  String localName() {
    return "port " + socket.getLocalPort();
  }

  @Override
  int localPort() {
    return socket.getLocalPort();
  }

  @Override
  public void close() {
    closeQuietly(socket);
  }

  interface Layer {
    Socket on(Socket connected) throws IOException;
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // The request's fate is known by now; closing can't change it.
    }
  }
}
