package io.graceful.move;

/**
 * When the guard is asked for next after it was not free: each try keeps the app's threads from
 * closing anything while it lasts, and a close that lingers takes seconds.
 */
final class GuardTurn {

  private static final long FIRST_PAUSE_NANOS = 20_000_000;
  private static final long LONGEST_PAUSE_NANOS = 160_000_000;

  private long pause = FIRST_PAUSE_NANOS;
  private long next = System.nanoTime();

  boolean isNow() {
    return System.nanoTime() - next >= 0;
  }

  void failed() {
    if (isNow()) {
      next = System.nanoTime() + pause;
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    }
  }

  void succeeded() {
    pause = FIRST_PAUSE_NANOS;
  }
}
