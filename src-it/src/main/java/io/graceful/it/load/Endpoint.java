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
    InetSocketAddress address = new InetSocketAddress(host, port);
    return new Endpoint() {
      @Override
      public Connection open(int connectMillis, int readMillis) throws RequestFailed {
        return TcpConnection.open(address, connectMillis, readMillis);
      }

      @Override
      public String toString() {
        return host + ":" + port;
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
