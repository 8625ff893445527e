package io.graceful.sockets;

import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What makes a listener of the new process the same as one of the old: family, IPv6-only or not,
 * address and port, or path. Two processes compare it as text.
 */
public final class ListenerKey {

  private static final String ANY = "*";
  private static final String[] TYPES = {"tcp4 ", "tcp6 ", "tcp6only ", "unix "};

  private final String text;

  private ListenerKey(String text) {
    this.text = text;
  }

  /**
   * As received from the other process.
   *
   * @throws IOException if it is none
   */
  public static ListenerKey parse(String text) throws IOException {
    ListenerKey key = new ListenerKey(text);
    boolean known = false;
    for (String type : TYPES) {
      known |= text.startsWith(type) && text.length() > type.length();
    }
    if (!known || !key.isUnix() && !key.hasPort()) {
      throw new IOException("no listener has the name '" + text + "'");
    }
    return key;
  }

  private boolean hasPort() {
    try {
      return port() > 0 && port() <= 0xFFFF;
    } catch (NumberFormatException none) {
      return false;
    }
  }

  /** Of a socket that is bound (getsockname(2)). */
  public static ListenerKey ofBound(Libc libc, int fd) throws ErrnoException {
    ByteBuffer address = ByteBuffer.wrap(libc.localAddress(fd)).order(ByteOrder.nativeOrder());
    int family = address.getShort(0);
    switch (family) {
      case Libc.AF_INET:
        return tcp(libc, fd, family, slice(address, 4, 4), port(address));
      case Libc.AF_INET6:
        return tcp(libc, fd, family, slice(address, 8, 16), port(address));
      case Libc.AF_UNIX:
        return unix(unixName(address.array()));
      default:
        throw new ErrnoException(
            "getsockname (address family " + family + ")", 97 /* EAFNOSUPPORT */);
    }
  }

  /**
   * Of a fresh socket that is about to be bound; null for what we don't know.
   *
   * @param requested what the app asked for: a SocketAddress, or a path
   */
  public static ListenerKey ofRequest(Libc libc, int fd, Object requested) throws ErrnoException {
    int family = libc.socketDomain(fd);
    if (family == Libc.AF_UNIX) {
      return unix(
          requested.toString()); // A path, or Netty's address class, which reads as its path.
    }
    if (requested instanceof InetSocketAddress) {
      InetAddress address = ((InetSocketAddress) requested).getAddress();
      return address == null
          ? null
          : tcp(libc, fd, family, address.getAddress(), ((InetSocketAddress) requested).getPort());
    }
    return null;
  }

  /** Of a UNIX socket: the path as given to bind(2), or @ and the name for an abstract one. */
  private static ListenerKey unix(String path) {
    return new ListenerKey("unix " + path);
  }

  private static ListenerKey tcp(Libc libc, int fd, int family, byte[] address, int port)
      throws ErrnoException {
    String host = host(address);
    // On a socket bound to one IPv6 address the kernel switches IPV6_V6ONLY on by itself
    // (net/ipv6/af_inet6.c).
    boolean only = family == Libc.AF_INET6 && host.equals(ANY) && libc.isV6Only(fd);
    boolean four = family == Libc.AF_INET || !host.equals(ANY) && !host.startsWith("[");
    String type = four ? "tcp4 " : only ? "tcp6only " : "tcp6 ";
    return new ListenerKey(type + host + ":" + port);
  }

  /**
   * An IPv4 address on an IPv6 socket reads as IPv4, as its clients are the same; all forms of
   * "any" read as *.
   */
  private static String host(byte[] address) {
    try {
      InetAddress parsed = InetAddress.getByAddress(address);
      if (parsed.isAnyLocalAddress()) {
        return ANY;
      }
      return parsed instanceof Inet6Address
          ? "[" + parsed.getHostAddress() + "]"
          : parsed.getHostAddress();
    } catch (UnknownHostException wrongLength) {
      throw new IllegalArgumentException(Arrays.toString(address), wrongLength);
    }
  }

  private static int port(ByteBuffer address) {
    return (address.get(2) & 0xFF) << 8 | address.get(3) & 0xFF;
  }

  private static byte[] slice(ByteBuffer from, int offset, int length) {
    return Arrays.copyOfRange(from.array(), offset, offset + length);
  }

  /** unix(7): a path ends at its first zero byte, an abstract name begins with one. */
  private static String unixName(byte[] address) {
    if (address.length <= 2) {
      return "";
    }
    if (address[2] == 0) {
      return "@" + new String(address, 3, address.length - 3, StandardCharsets.UTF_8);
    }
    int end = 2;
    while (end < address.length && address[end] != 0) {
      end++;
    }
    return new String(address, 2, end - 2, StandardCharsets.UTF_8);
  }

  /** The path of a UNIX socket that stands in the file system, else null. */
  public String path() {
    return text.startsWith("unix ") && !text.startsWith("unix @") ? text.substring(5) : null;
  }

  public boolean isUnix() {
    return text.startsWith("unix ");
  }

  /** Bound to no address in particular. */
  public boolean isAnyAddress() {
    return !isUnix() && toString().startsWith(ANY + ":");
  }

  /** Of a TCP listener. */
  public int port() {
    return Integer.parseInt(text.substring(text.lastIndexOf(':') + 1));
  }

  /**
   * Where a client on this machine finds it; null for a UNIX socket.
   *
   * @throws IllegalArgumentException if the text came from elsewhere and names no address
   */
  public InetSocketAddress reachableAt() {
    if (isUnix()) {
      return null;
    }
    String host = toString().substring(0, toString().lastIndexOf(':'));
    if (host.equals(ANY)) {
      // A socket for both families takes IPv4 too, even where the machine has no IPv6.
      host = text.startsWith("tcp6only ") ? "::1" : "127.0.0.1";
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port());
    } catch (UnknownHostException notAnAddress) {
      throw new IllegalArgumentException(text, notAnAddress);
    }
  }

  /** For the other process. */
  public String text() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ListenerKey && ((ListenerKey) other).text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** For people: {@code 127.0.0.1:8080}, {@code *:8080}, {@code /run/app.sock}. */
  @Override
  public String toString() {
    return text.substring(text.indexOf(' ') + 1);
  }
}
