package io.graceful.os;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** TCP sockets of our own, and the far ends of others, by descriptor number. */
public final class TcpSockets {

  private static final int SOL_SOCKET = 1;
  private static final int SO_LINGER = 13;
  private static final int EINPROGRESS = 115;

  private final Libc libc;

  public TcpSockets(Libc libc) {
    this.libc = libc;
  }

  /**
   * A non-blocking socket with a high number, bound to a free port of the address. The caller
   * closes it.
   *
   * @param family AF_INET or AF_INET6
   */
  public int bound(int family, InetAddress address) throws ErrnoException {
    int type = Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK;
    int low = libc.calls.check("socket", family, type, 0);
    try {
      byte[] name = SocketAddresses.encode(family, new InetSocketAddress(address, 0));
      try (NativeMemory memory = NativeMemory.of(name)) {
        libc.calls.check("bind", low, memory.address, name.length);
      }
      return libc.duplicate(low);
    } finally {
      libc.close(low);
    }
  }

  /** Begins to connect; does not wait. */
  public void connect(int fd, int family, InetSocketAddress address) throws ErrnoException {
    byte[] name = SocketAddresses.encode(family, address);
    try (NativeMemory memory = NativeMemory.of(name)) {
      int result = (int) libc.calls.call("connect", fd, memory.address, name.length);
      int errno = result < 0 ? libc.calls.errno() : 0;
      if (errno != 0 && errno != EINPROGRESS) {
        throw new ErrnoException("connect to " + address, errno);
      }
    }
  }

  /** Null if it is no TCP socket (getsockname(2)). */
  public InetSocketAddress local(int fd) throws ErrnoException {
    return SocketAddresses.decode(libc.localAddress(fd));
  }

  /**
   * The far end (getpeername(2)).
   *
   * @throws ErrnoException ENOTCONN if it is gone
   */
  public InetSocketAddress peer(int fd) throws ErrnoException {
    try (NativeMemory address = new NativeMemory(128);
        NativeMemory length = new NativeMemory(4)) {
      length.bytes.putInt(0, 128);
      libc.calls.check("getpeername", fd, address.address, length.address);
      return SocketAddresses.decode(address.toArray(Math.min(128, length.bytes.getInt(0))));
    }
  }

  /** Closes it with a reset (SO_LINGER of 0 s, socket(7)): nothing of it stays in TIME_WAIT. */
  public void abort(int fd) {
    try (NativeMemory linger = new NativeMemory(8)) {
      linger.bytes.putInt(0, 1).putInt(4, 0);
      libc.calls.call("setsockopt", fd, SOL_SOCKET, SO_LINGER, linger.address, 8);
    }
    libc.close(fd);
  }
}
