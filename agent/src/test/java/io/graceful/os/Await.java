package io.graceful.os;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Looks until a state is there that nobody announces, or fails after a generous deadline. */
public final class Await {

  private static final long DEADLINE_NANOS = Duration.ofSeconds(30).toNanos();
  private static final long BETWEEN_LOOKS_NANOS = Duration.ofMillis(1).toNanos();

  private Await() {}

  public static void until(String state, Callable<Boolean> isThere) throws Exception {
    long started = System.nanoTime();
    while (!isThere.call()) {
      if (System.nanoTime() - started > DEADLINE_NANOS) {
        throw new AssertionError("not within 30 s: " + state);
      }
      LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
    }
  }
}
