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
