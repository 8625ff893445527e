package io.graceful.relay;

import java.nio.ByteBuffer;

/** What follows the head of a message, counted as it passes (RFC 9112, 6.3). */
abstract class Body {

  /** Takes bytes up to the end of the body; returns where that is, or {@code to}. */
  abstract int read(ByteBuffer bytes, int from, int to);

  abstract boolean isComplete();

  boolean isBroken() {
    return false;
  }

  static Body none() {
    return new Sized(0);
  }

  static Body ofLength(long bytes) {
    return new Sized(bytes);
  }

  private static final class Sized extends Body {
    private long left;

    Sized(long bytes) {
      this.left = bytes;
    }

    @Override
    int read(ByteBuffer bytes, int from, int to) {
      int taken = (int) Math.min(left, to - from);
      left -= taken;
      return from + taken;
    }

    @Override
    boolean isComplete() {
      return left == 0;
    }
  }
}
