package io.graceful.os;

import java.util.Arrays;

/** The limits of this process as they are now (getrlimit(2)), to give a child the same later. */
public final class ResourceLimits {

  private static final int KINDS = 16;

  private final Libc libc;
  private final long[] values;

  private ResourceLimits(Libc libc, long[] values) {
    this.libc = libc;
    this.values = values;
  }

  public static ResourceLimits current(Libc libc) {
    return new ResourceLimits(libc, read(libc));
  }

  /**
   * Only those that the app has changed since. A hard limit that was lowered can't be raised again:
   * left as it is.
   */
  public void restoreIn(int pid) {
    long[] now = read(libc);
    for (int kind = 0; kind < KINDS; kind++) {
      if (!Arrays.equals(pair(now, kind), pair(values, kind))) {
        try (NativeMemory limit = new NativeMemory(16)) {
          limit.bytes.putLong(0, values[2 * kind]).putLong(8, values[2 * kind + 1]);
          libc.calls.call("prlimit", pid, kind, limit.address, 0);
        }
      }
    }
  }

  private static long[] pair(long[] values, int kind) {
    return Arrays.copyOfRange(values, 2 * kind, 2 * kind + 2);
  }

  private static long[] read(Libc libc) {
    long[] values = new long[2 * KINDS];
    try (NativeMemory limit = new NativeMemory(16)) {
      for (int kind = 0; kind < KINDS; kind++) {
        libc.calls.call("prlimit", 0, kind, 0, limit.address);
        values[2 * kind] = limit.bytes.getLong(0);
        values[2 * kind + 1] = limit.bytes.getLong(8);
      }
    }
    return values;
  }
}
