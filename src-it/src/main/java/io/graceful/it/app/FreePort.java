package io.graceful.it.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * Ports that nobody uses, by the kernel's choice. Each is kept until this JVM ends: else a client's
 * connection may get it as its own port in the seconds that a server needs to bind it. A socket
 * that is bound and does not listen keeps the kernel from giving the port away, and with
 * SO_REUSEADDR is not in the way of a server that sets it too, as Java's do
 * (inet_connection_sock.c, inet_csk_bind_conflict).
 */
public final class FreePort {
  private static final List<Socket> KEPT = new ArrayList<>();

  private FreePort() {}

  public static synchronized int find() {
    try {
      Socket keeper = new Socket();
      keeper.setReuseAddress(true);
      keeper.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      KEPT.add(keeper);
      return keeper.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port", e);
    }
  }
}
