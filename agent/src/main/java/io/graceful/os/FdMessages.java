package io.graceful.os;

import java.io.IOException;

/**
 * Packets over a UNIX packet socket, each with at most one descriptor in its pocket (SCM_RIGHTS,
 * unix(7)). On a stream socket a packet is what has come by then; a descriptor comes with the first
 * of the bytes that it was sent with.
 *
 * <p>struct layouts are those of 64-bit Linux: msghdr is 56 bytes, cmsghdr 16 bytes with 8-byte
 * alignment.
 */
public final class FdMessages {

  /** A packet may not be longer; well below the default socket buffer of 208 KiB. */
  public static final int MAX_BYTES = 64 * 1024;

  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int MSG_CTRUNC = 0x8;
  private static final int MSG_TRUNC = 0x20;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;

  /** CMSG_LEN of one descriptor. */
  private static final int ONE_FD = 20;

  /** CMSG_SPACE of one descriptor, into which the kernel would also put two. */
  private static final int CONTROL_SPACE = 24;

  private final Libc libc;

  public FdMessages(Libc libc) {
    this.libc = libc;
  }

  /**
   * A packet and its descriptor, or -1: also if it was lost on the way, at the limit of open files,
   * and if there were several. Whoever takes the descriptor closes it.
   */
  public static final class Packet {
    /** EOF. */
    public static final Packet END = new Packet(new byte[0], -1);

    public final byte[] bytes;
    public final int fd;

    Packet(byte[] bytes, int fd) {
      this.bytes = bytes;
      this.fd = fd;
    }
  }

  /**
   * Never blocks for long: a packet is small against the buffer, and there are few.
   *
   * @param fd goes along as a duplicate; -1 for none
   */
  public void send(int socket, byte[] bytes, int fd) throws ErrnoException {
    try (NativeMemory data = NativeMemory.of(bytes);
        NativeMemory vector = new NativeMemory(16);
        NativeMemory control = new NativeMemory(CONTROL_SPACE);
        NativeMemory header = new NativeMemory(56)) {
      vector.bytes.putLong(0, data.address).putLong(8, bytes.length);
      header.bytes.putLong(16, vector.address).putLong(24, 1);
      if (fd >= 0) {
        control
            .bytes
            .putLong(0, ONE_FD)
            .putInt(8, SOL_SOCKET)
            .putInt(12, SCM_RIGHTS)
            .putInt(16, fd);
        header.bytes.putLong(32, control.address).putLong(40, CONTROL_SPACE);
      }
      sendWhole(socket, header);
    }
  }

  /** The JDK's wake-up signals, which may meet any thread, let no call go on by itself. */
  private void sendWhole(int socket, NativeMemory header) throws ErrnoException {
    while ((int) libc.calls.call("sendmsg", socket, header.address, MSG_NOSIGNAL) < 0) {
      int errno = libc.calls.errno();
      if (errno != ErrnoException.EINTR) {
        throw new ErrnoException("sendmsg", errno);
      }
    }
  }

  /**
   * Takes the next packet without waiting.
   *
   * @return null if there is none yet; a packet of no bytes at EOF
   */
  public Packet receive(int socket) throws IOException {
    try (NativeMemory data = new NativeMemory(MAX_BYTES);
        NativeMemory vector = new NativeMemory(16);
        NativeMemory control = new NativeMemory(CONTROL_SPACE);
        NativeMemory header = new NativeMemory(56)) {
      vector.bytes.putLong(0, data.address).putLong(8, MAX_BYTES);
      header.bytes.putLong(16, vector.address).putLong(24, 1);
      // Room for one: of what comes along with it the kernel makes no descriptors.
      header.bytes.putLong(32, control.address).putLong(40, ONE_FD);
      int length =
          (int) libc.calls.call("recvmsg", socket, header.address, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
      if (length < 0) {
        int errno = libc.calls.errno();
        if (errno == ErrnoException.EAGAIN || errno == ErrnoException.EINTR) {
          return null;
        }
        throw new ErrnoException("recvmsg", errno);
      }
      int fd = -1;
      if (header.bytes.getLong(40) >= ONE_FD && control.bytes.getInt(12) == SCM_RIGHTS) {
        fd = control.bytes.getInt(16);
      }
      int flags = header.bytes.getInt(48);
      if ((flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 && fd >= 0) {
        libc.close(fd);
        fd = -1;
      }
      if ((flags & MSG_TRUNC) != 0) {
        throw new IOException("packet of more than " + MAX_BYTES + " bytes");
      }
      return new Packet(data.toArray(length), fd);
    }
  }
}
