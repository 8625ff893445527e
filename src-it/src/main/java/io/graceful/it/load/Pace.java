package io.graceful.it.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A timetable that several clients work off together: requests are due at a fixed rate, however
 * slow the answers are.
 *
 * <p>A request that begins late because all clients were waiting is measured from its due time.
 * Otherwise a server that stalls would make the load polite and the latencies pretty ("coordinated
 * omission").
 */
final class Pace {
  private final long start = System.nanoTime();
  private final AtomicLong next = new AtomicLong();
  private final double nanosPerRequest;

  Pace(double perSecond) {
    nanosPerRequest = TimeUnit.SECONDS.toNanos(1) / perSecond;
  }

  /** The due time of the next request, by {@link System#nanoTime()}. */
  long take() {
    return start + (long) (next.getAndIncrement() * nanosPerRequest);
  }
}
