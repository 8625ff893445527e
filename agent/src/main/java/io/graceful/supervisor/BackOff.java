package io.graceful.supervisor;

import java.util.concurrent.TimeUnit;

/** How long to wait before the next start: the longer, the more have failed in a row. */
final class BackOff {

  private static final long FIRST_MILLIS = 100;
  private static final long LONGEST_MILLIS = 30_000;

  /** Who has served for so long is not part of a row. */
  private static final long SOUND_NANOS = TimeUnit.MINUTES.toNanos(1);

  private long next = FIRST_MILLIS;

  /**
   * After a crash.
   *
   * @param servedNanos for how long that generation was ready; 0 if it never was
   * @return in ms
   */
  long afterCrash(long servedNanos) {
    if (servedNanos >= SOUND_NANOS) {
      next = FIRST_MILLIS;
    }
    long pause = next;
    next = Math.min(LONGEST_MILLIS, next * 2);
    return pause;
  }
}
