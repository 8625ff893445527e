package io.graceful.os;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A UNIX datagram socket with an abstract name (unix(7)), which tells who has sent what it receives
 * (SCM_CREDENTIALS) and takes descriptors along (SCM_RIGHTS).
 */
public final class Datagrams implements AutoCloseable {

  private static final int MOST_BYTES = 64 * 1024;

  /** The kernel's own limit: SCM_MAX_FD. */
  private static final int MOST_FDS = 253;

  private static final int SOL_SOCKET = 1;
  private static final int SO_PASSCRED = 16;
  private static final int SCM_RIGHTS = 1;
  private static final int SCM_CREDENTIALS = 2;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int HEADER_BYTES = 56;
  private static final int CONTROL_HEADER_BYTES = 16;
  private static final int CONTROL_BYTES = 64 + CONTROL_HEADER_BYTES + 4 * MOST_FDS;

  private final Libc libc;
  private final int fd;

  /**
   * @param name in the abstract namespace, where a name is gone with its socket
   */
  public Datagrams(Libc libc, String name) throws ErrnoException {
    this.libc = libc;
    int low =
        libc.calls.check(
            "socket", Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0);
    try (NativeMemory one = new NativeMemory(4)) {
      one.bytes.putInt(0, 1);
      libc.calls.check("setsockopt", low, SOL_SOCKET, SO_PASSCRED, one.address, 4);
      libc.bindAbstract(low, name);
      this.fd = libc.duplicate(low);
    } finally {
      libc.close(low);
    }
  }

  /** What was received, and from whom. Whoever takes it closes its descriptors. */
  public static final class Datagram {
    public final byte[] bytes;
    public final int pid;
    public final int user;
    public final List<Integer> fds;

    Datagram(byte[] bytes, int pid, int user, List<Integer> fds) {
      this.bytes = bytes;
      this.pid = pid;
      this.user = user;
      this.fds = fds;
    }
  }

  /** Readable when there is something to {@link #receive}. */
  public int fd() {
    return fd;
  }

  /**
   * The next one, without waiting. What is longer than it may be is cut off.
   *
   * @return null if there is none
   */
  public Datagram receive() throws IOException {
    try (NativeMemory data = new NativeMemory(MOST_BYTES);
        NativeMemory vector = new NativeMemory(16);
        NativeMemory control = new NativeMemory(CONTROL_BYTES);
        NativeMemory header = new NativeMemory(HEADER_BYTES)) {
      vector.bytes.putLong(0, data.address).putLong(8, MOST_BYTES);
      header.bytes.putLong(16, vector.address).putLong(24, 1);
      header.bytes.putLong(32, control.address).putLong(40, CONTROL_BYTES);
      int length =
          (int) libc.calls.call("recvmsg", fd, header.address, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
      if (length < 0) {
        int errno = libc.calls.errno();
        if (errno == ErrnoException.EAGAIN || errno == ErrnoException.EINTR) {
          return null;
        }
        throw new ErrnoException("recvmsg", errno);
      }
      return datagram(data.toArray(length), control, (int) header.bytes.getLong(40));
    }
  }

  /** struct cmsghdr: length with this header, level, type; each begins at a multiple of 8 bytes. */
  private static Datagram datagram(byte[] bytes, NativeMemory control, int controlBytes) {
    int pid = 0;
    int user = -1;
    List<Integer> fds = new ArrayList<>();
    for (int at = 0; at + CONTROL_HEADER_BYTES <= controlBytes; ) {
      int length = (int) control.bytes.getLong(at);
      int type = control.bytes.getInt(at + 12);
      int content = at + CONTROL_HEADER_BYTES;
      if (type == SCM_CREDENTIALS) {
        pid = control.bytes.getInt(content);
        user = control.bytes.getInt(content + 4);
      } else if (type == SCM_RIGHTS) {
        for (int next = content; next + 4 <= at + length; next += 4) {
          fds.add(control.bytes.getInt(next));
        }
      }
      at += (Math.max(length, CONTROL_HEADER_BYTES) + 7) / 8 * 8;
    }
    return new Datagram(bytes, pid, user, fds);
  }

  @Override
  public void close() {
    libc.close(fd);
  }
}
