package io.graceful.sockets;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * The address of a client as Netty's native transports keep it: the byte array that {@code
 * unix.Socket.accept(byte[])} fills in (netty_unix_socket.c) and {@code
 * unix.NativeInetAddress.address} reads.
 *
 * <pre>
 * byte 0    how many bytes follow
 * 8:        IPv4 address (4), port (4)
 * 24:       IPv6 address (16), scope id (4), port (4)
 * </pre>
 *
 * Numbers are big-endian. An IPv4 client of an IPv6 listener is told as IPv4.
 */
public final class NettyAddress {

  private NettyAddress() {}

  /**
   * @param target as Netty passes it to accept: 25 bytes or more
   */
  public static void write(byte[] target, InetSocketAddress address) {
    InetAddress ip = address.getAddress(); // Java itself makes IPv4 of an IPv4-mapped one
    ByteBuffer bytes = ByteBuffer.wrap(target);
    boolean isV6 = ip instanceof Inet6Address;
    bytes.put((byte) (isV6 ? 24 : 8)).put(ip.getAddress());
    if (isV6) {
      bytes.putInt(((Inet6Address) ip).getScopeId());
    }
    bytes.putInt(address.getPort());
  }
}
