package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;

/** The clock by which systemd dates what it asks for: clock_gettime(2). */
public final class MonotonicClock {

  private static final int CLOCK_MONOTONIC = 1;

  private MonotonicClock() {}

  public static long micros() {
    try (NativeMemory time = new NativeMemory(16)) {
      LIBC.calls.call("clock_gettime", CLOCK_MONOTONIC, time.address);
      return time.bytes.getLong(0) * 1_000_000 + time.bytes.getLong(8) / 1000;
    }
  }
}
