package io.graceful.drain;

import java.io.IOException;

/** What happens to the open connections of listeners that no longer accept here. */
public interface Drain {

  /** Looks now; called again and again until nothing is busy, or time is up. */
  Census look() throws IOException;

  /**
   * As {@link #look()}, which need not count any more as soon as there is something to wait for.
   */
  default Census count() throws IOException {
    return look();
  }

  /** How many connections still have to be waited for, and how many not. */
  final class Census {
    private final int busy;
    private final int idle;

    public Census(int busy, int idle) {
      this.busy = busy;
      this.idle = idle;
    }

    /** Those of both; no connection may be in both. */
    public Census plus(Census other) {
      return new Census(busy + other.busy, idle + other.idle);
    }

    /** A request is in progress. */
    public int busy() {
      return busy;
    }

    /** Open, but nothing is in progress. */
    public int idle() {
      return idle;
    }
  }
}
