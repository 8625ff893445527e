package io.graceful.it.load;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * Where the server listens: the one thing in which a TCP client and a UNIX domain client differ.
 */
public interface Endpoint {
  /**
   * Connects, once.
   *
   * @param connectMillis how long to wait for the connection
   * @param readMillis how long each read on it may wait for the next byte
   */
  Connection open(int connectMillis, int readMillis) throws RequestFailed;

  static Endpoint tcp(String host, int port) {
    return tcp(host, port, "", socket -> socket);
  }

  /** Trusts any certificate: who answers is told by the answer. */
  static Endpoint tls(String host, int port) {
    return tcp(host, port, "tls ", socket -> Tls.on(socket, host, port));
  }

  /** Introduces itself by the PROXY protocol, as if it came from its own port elsewhere. */
  static Endpoint proxied(String host, int port) {
    return tcp(
        host,
        port,
        "proxied ",
        socket -> {
          String line = "PROXY TCP4 192.0.2.1 192.0.2.2 " + socket.getLocalPort() + " 80\r\n";
          socket.getOutputStream().write(Response.ascii(line));
          return socket;
        });
  }

  private static Endpoint tcp(String host, int port, String kind, TcpConnection.Layer layer) {
    InetSocketAddress address = new InetSocketAddress(host, port);
    return new Endpoint() {
      @Override
      public Connection open(int connectMillis, int readMillis) throws RequestFailed {
        return TcpConnection.open(address, connectMillis, readMillis, layer);
      }

      @Override
      public String toString() {
        return kind + host + ":" + port;
      }
    };
  }

  static Endpoint unix(Path path) {
    return new Endpoint() {
      @Override
      public Connection open(int connectMillis, int readMillis) throws RequestFailed {
        return UnixConnection.open(path, connectMillis, readMillis);
      }

      @Override
      public String toString() {
        return "unix:" + path;
      }
    };
  }
}
