package io.graceful.move;

import java.util.function.LongSupplier;

/**
 * How long threads of the app are waited for that return as soon as they get a CPU. Time alone does
 * not tell that they had one: where this thread hardly gets a CPU, or the whole process was
 * stopped, neither did they. So it takes some looks, too.
 */
final class Patience {

  static final long NANOS = 2_000_000_000;
  static final int LOOKS = 500;

  private final LongSupplier clock;
  private final long begin;
  private int looks;

  /**
   * @param clock in ns, as System.nanoTime
   */
  Patience(LongSupplier clock) {
    this.clock = clock;
    this.begin = clock.getAsLong();
  }

  /** They were looked at, and have not returned. */
  void look() {
    looks++;
  }

  boolean isOver() {
    return looks >= LOOKS && clock.getAsLong() - begin >= NANOS;
  }
}
