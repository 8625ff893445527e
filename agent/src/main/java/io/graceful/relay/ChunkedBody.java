package io.graceful.relay;

import java.nio.ByteBuffer;

/** A body in chunks, with their extensions and the trailer fields (RFC 9112, 7.1). */
final class ChunkedBody extends Body {

  private enum Part {
    SIZE,
    EXTENSION,
    DATA,
    END_OF_DATA,
    TRAILER
  }

  private static final int MOST_DIGITS = 15;

  private Part part = Part.SIZE;
  private int digits;
  private long left;
  private int trailerLength;
  private boolean afterReturn;
  private boolean complete;
  private boolean broken;

  @Override
  int read(ByteBuffer bytes, int from, int to) {
    int at = from;
    while (at < to && !complete && !broken) {
      if (part == Part.DATA) {
        int taken = (int) Math.min(left, to - at);
        left -= taken;
        at += taken;
        if (left == 0) {
          part = Part.END_OF_DATA;
        }
      } else {
        next(bytes.get(at++));
      }
    }
    return at;
  }

  private void next(byte c) {
    if (afterReturn && c != '\n' && part != Part.EXTENSION) {
      broken = true;
    } else if (c == '\n') {
      afterReturn = false;
      endOfLine();
    } else if (c == '\r') {
      afterReturn = true;
    } else if (part == Part.SIZE) {
      size(c);
    } else if (part == Part.TRAILER) {
      trailerLength++;
    } else if (part == Part.END_OF_DATA) {
      broken = true;
    }
  }

  private void endOfLine() {
    if (part == Part.END_OF_DATA) {
      part = Part.SIZE;
      digits = 0;
    } else if (part == Part.TRAILER) {
      complete = trailerLength == 0;
      trailerLength = 0;
    } else if (digits == 0) {
      broken = true;
    } else {
      part = left == 0 ? Part.TRAILER : Part.DATA;
    }
  }

  private void size(byte c) {
    int digit = Character.digit((char) (c & 0xFF), 16);
    if (digit >= 0 && c < 0x7F && c > 0) {
      left = 16 * left + digit;
      broken = ++digits > MOST_DIGITS;
    } else if (digits > 0 && (c == ';' || c == ' ' || c == '\t')) {
      part = Part.EXTENSION;
    } else {
      broken = true;
    }
  }

  @Override
  boolean isComplete() {
    return complete;
  }

  @Override
  boolean isBroken() {
    return broken;
  }
}
