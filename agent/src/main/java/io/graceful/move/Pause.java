package io.graceful.move;

/** For how long something that did not work is not tried again: twice as long each time. */
final class Pause {

  private static final long FIRST_NANOS = 1_000_000_000;
  private static final int MOST_DOUBLINGS = 5;

  private final int before;
  private final long until;

  private Pause(int before) {
    this.before = before;
    this.until = System.nanoTime() + (FIRST_NANOS << Math.min(before, MOST_DOUBLINGS));
  }

  /**
   * One that begins now.
   *
   * @param last the one before; null if this is the first
   */
  static Pause after(Pause last) {
    return new Pause(last == null ? 0 : last.before + 1);
  }

  boolean isOver() {
    return System.nanoTime() - until >= 0;
  }
}
