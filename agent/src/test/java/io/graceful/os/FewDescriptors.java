package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;

/**
 * Until it is closed, this JVM may open only so many more descriptors (RLIMIT_NOFILE). Class files
 * can't be read then either: what a test does, it must have done once before.
 */
public final class FewDescriptors implements AutoCloseable {

  private static final int RLIMIT_NOFILE = 7;
  private static final int ABOVE_ALL = 64;

  private final long before;
  private final Deque<Integer> taken = new ArrayDeque<>();

  public FewDescriptors(int left) throws Exception {
    before = limit();
    int limit = Collections.max(ProcFs.openDescriptors()) + ABOVE_ALL;
    set(limit);
    int next = LIBC.calls.check("eventfd", 0, 0);
    while (next >= 0) {
      taken.push(next);
      next = (int) LIBC.calls.call("eventfd", 0, 0);
    }
    for (int i = 0; i < left; i++) {
      LIBC.close(taken.pop()); // The highest: those that are ours have such numbers.
    }
  }

  public static long limit() throws ErrnoException {
    try (NativeMemory limit = new NativeMemory(16)) {
      LIBC.calls.check("prlimit", 0, RLIMIT_NOFILE, 0, limit.address);
      return limit.bytes.getLong(0);
    }
  }

  /** The soft one. */
  private static void set(long value) throws ErrnoException {
    try (NativeMemory limit = new NativeMemory(16)) {
      LIBC.calls.check("prlimit", 0, RLIMIT_NOFILE, 0, limit.address);
      limit.bytes.putLong(0, value);
      LIBC.calls.check("prlimit", 0, RLIMIT_NOFILE, limit.address, 0);
    }
  }

  @Override
  public void close() throws ErrnoException {
    taken.forEach(LIBC::close);
    set(before);
  }
}
