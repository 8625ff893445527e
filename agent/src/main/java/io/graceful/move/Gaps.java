package io.graceful.move;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** For how long connections were on their way from one process to the other, and nobody's. */
final class Gaps {

  private final List<Long> nanos = new ArrayList<>();

  void add(long nanos) {
    this.nanos.add(nanos);
  }

  /** In ms. */
  @Override
  public String toString() {
    if (nanos.isEmpty()) {
      return "no connection was on its way";
    }
    Collections.sort(nanos);
    long median = nanos.get(nanos.size() / 2);
    long longest = nanos.get(nanos.size() - 1);
    return "connections were on their way for " + millis(median) + ", at most " + millis(longest);
  }

  private static String millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos) + " ms";
  }
}
