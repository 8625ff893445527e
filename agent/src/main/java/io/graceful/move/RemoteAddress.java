package io.graceful.move;

import io.graceful.os.JavaBase;
import io.graceful.sockets.NettyAddress;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.net.SocketImpl;

/** Where a library keeps the address of whom it has just accepted. */
final class RemoteAddress {

  private static Field address;
  private static Field port;

  private RemoteAddress() {}

  /**
   * @param holder as {@link io.graceful.hooks.Bridge#acceptor} gets it
   */
  static void set(Object holder, InetSocketAddress remote) throws ReflectiveOperationException {
    if (holder instanceof InetSocketAddress[]) {
      ((InetSocketAddress[]) holder)[0] = remote;
    } else if (holder instanceof byte[]) {
      NettyAddress.write((byte[]) holder, remote);
    } else {
      setFields(holder, remote);
    }
  }

  private static synchronized void setFields(Object socket, InetSocketAddress remote)
      throws ReflectiveOperationException {
    if (address == null) {
      address = JavaBase.field(SocketImpl.class, "address");
      port = JavaBase.field(SocketImpl.class, "port");
    }
    address.set(socket, remote.getAddress());
    port.setInt(socket, remote.getPort());
  }
}
