package io.graceful.os;

import java.io.IOException;

/** How many more descriptors this process may open: what begins with too few fails halfway. */
public final class FreeDescriptors {

  private static final int RLIMIT_NOFILE = 7;

  private FreeDescriptors() {}

  /**
   * Looks now, by opening and closing that many.
   *
   * @throws IOException if fewer are left; the message names the limit
   */
  public static void require(Libc libc, int needed) throws IOException {
    int[] opened = new int[needed];
    int count = 0;
    try {
      while (count < needed) {
        opened[count] = libc.eventCounter();
        count++;
      }
    } catch (ErrnoException failure) {
      if (failure.errno() != ErrnoException.EMFILE) {
        throw failure;
      }
      throw new IOException(
          "fewer than "
              + needed
              + " descriptors are left below the limit of open files (ulimit -n: "
              + limit(libc)
              + "), raise it",
          failure);
    } finally {
      for (int i = 0; i < count; i++) {
        libc.close(opened[i]);
      }
    }
  }

  private static long limit(Libc libc) throws ErrnoException {
    try (NativeMemory limit = new NativeMemory(16)) {
      libc.calls.check("prlimit", 0, RLIMIT_NOFILE, 0, limit.address);
      return limit.bytes.getLong(0);
    }
  }
}
