package io.graceful.it.jvm;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits for a state of another process, which can't call us back: looks at it every few
 * milliseconds, until a deadline.
 */
public final class Await {
  private static final Duration INTERVAL = Duration.ofMillis(10);

  private Await() {}

  /**
   * @param what the rest of "... didn't happen within 10 s"
   * @throws AssertionError if it didn't
   */
  public static void until(String what, Duration limit, BooleanSupplier condition) {
    value(what, limit, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
  }

  /** Waits until the assertion holds; throws what it last threw if it doesn't. */
  public static void untilAsserted(Duration limit, Runnable assertion) {
    AssertionError[] last = new AssertionError[1];
    BooleanSupplier holds =
        () -> {
          try {
            assertion.run();
            return true;
          } catch (AssertionError e) {
            last[0] = e;
            return false;
          }
        };
    try {
      until("it", limit, holds);
    } catch (AssertionError tooLate) {
      throw last[0];
    }
  }

  /** For what nothing tells of, however long one looks. */
  public static void pause(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** As {@link #until}, for a state that comes with a value. */
  public static <T> T value(String what, Duration limit, Supplier<Optional<T>> source) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      // Looks once more after the deadline: this thread may have been asleep for longer than it
      // wanted.
      boolean isLast = System.nanoTime() - deadline >= 0;
      Optional<T> value = source.get();
      if (value.isPresent()) {
        return value.get();
      }
      if (isLast) {
        throw new AssertionError(what + " didn't happen within " + limit.toMillis() + " ms");
      }
      LockSupport.parkNanos(INTERVAL.toNanos());
    }
  }
}
