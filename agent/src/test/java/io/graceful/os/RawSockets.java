package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;

import java.io.IOException;

/** What only tests do with bare descriptors. */
public final class RawSockets {

  private RawSockets() {}

  /** shutdown(fd, SHUT_RD). */
  public static void finishReading(int fd) throws ErrnoException {
    LIBC.calls.check("shutdown", fd, 0);
  }

  /** A packet with as many descriptors as one likes; the product never sends more than one. */
  public static void send(int socket, byte[] bytes, int... fds) throws ErrnoException {
    int length = 16 + 4 * fds.length;
    try (NativeMemory data = NativeMemory.of(bytes);
        NativeMemory vector = new NativeMemory(16);
        NativeMemory control = new NativeMemory(length + 4);
        NativeMemory header = new NativeMemory(56)) {
      vector.bytes.putLong(0, data.address).putLong(8, bytes.length);
      control.bytes.putLong(0, length).putInt(8, 1 /* SOL_SOCKET */).putInt(12, 1 /* SCM_RIGHTS */);
      for (int i = 0; i < fds.length; i++) {
        control.bytes.putInt(16 + 4 * i, fds[i]);
      }
      header.bytes.putLong(16, vector.address).putLong(24, 1);
      header.bytes.putLong(32, control.address).putLong(40, length);
      LIBC.calls.check("sendmsg", socket, header.address, 0);
    }
  }

  /** Whether a thread of this JVM is in read(2) on it. */
  public static boolean isBeingRead(int fd) throws IOException {
    String read = LIBC.arch() == Arch.X86_64 ? "0" : "63";
    for (int tid : ProcFs.threads()) {
      String[] call = ProcFs.call(tid);
      if (call != null
          && call[0].equals(read)
          && Long.parseUnsignedLong(call[1].substring(2), 16) == fd) {
        return true;
      }
    }
    return false;
  }
}
