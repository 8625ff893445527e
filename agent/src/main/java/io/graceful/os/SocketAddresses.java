package io.graceful.os;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** {@code struct sockaddr_in} and {@code sockaddr_in6} as bytes (ip(7), ipv6(7)). */
final class SocketAddresses {

  private static final int IPV4_SIZE = 16;
  private static final int IPV6_SIZE = 28;

  private SocketAddresses() {}

  /**
   * @param family of the socket: an IPv4 address for an IPv6 socket becomes a mapped one
   */
  static byte[] encode(int family, InetSocketAddress address) {
    byte[] host = address.getAddress().getAddress();
    ByteBuffer bytes =
        ByteBuffer.allocate(family == Libc.AF_INET ? IPV4_SIZE : IPV6_SIZE)
            .order(ByteOrder.nativeOrder());
    bytes.putShort(0, (short) family);
    bytes.put(2, (byte) (address.getPort() >> 8)).put(3, (byte) address.getPort());
    if (family == Libc.AF_INET) {
      bytes.position(4);
    } else if (address.getAddress() instanceof Inet4Address) {
      bytes.put(18, (byte) 0xFF).put(19, (byte) 0xFF).position(20);
    } else {
      bytes.position(8);
    }
    bytes.put(host);
    return bytes.array();
  }

  /** Null for another family. A mapped IPv4 address reads as IPv4. */
  static InetSocketAddress decode(byte[] bytes) {
    int family = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getShort(0);
    int port = (bytes[2] & 0xFF) << 8 | bytes[3] & 0xFF;
    if (family != Libc.AF_INET && family != Libc.AF_INET6) {
      return null;
    }
    byte[] host =
        family == Libc.AF_INET ? Arrays.copyOfRange(bytes, 4, 8) : Arrays.copyOfRange(bytes, 8, 24);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(host), port);
    } catch (UnknownHostException wrongLength) {
      throw new IllegalArgumentException(Arrays.toString(bytes), wrongLength);
    }
  }
}
