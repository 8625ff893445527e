package io.graceful.os;

import java.io.IOException;

/** How many more descriptors this process may open: what begins with too few fails halfway. */
public final class FreeDescriptors {

  private static final int RLIMIT_NOFILE = 7;

  private FreeDescriptors() {}

  /**
   * Counts them, and takes one at a time: those that are left are the application's, which may be
   * about to accept a connection.
   *
   * @throws IOException if fewer are left; the message names the limit
   */
  public static void require(Libc libc, int needed) throws IOException {
    long limit = limit(libc);
    try {
      libc.close(libc.eventCounter());
    } catch (ErrnoException failure) {
      if (failure.errno() != ErrnoException.EMFILE) {
        throw failure;
      }
      throw tooFew(needed, limit);
    }
    long left = limit;
    for (int fd : ProcFs.openDescriptors()) {
      if (fd < limit) { // A limit may be set below what is open.
        left--;
      }
    }
    if (left < needed) {
      throw tooFew(needed, limit);
    }
  }

  private static IOException tooFew(int needed, long limit) {
    return new IOException(
        "fewer than "
            + needed
            + " descriptors are left below the limit of open files (ulimit -n: "
            + limit
            + "), raise it");
  }

  private static long limit(Libc libc) throws ErrnoException {
    try (NativeMemory limit = new NativeMemory(16)) {
      libc.calls.check("prlimit", 0, RLIMIT_NOFILE, 0, limit.address);
      return limit.bytes.getLong(0);
    }
  }
}
