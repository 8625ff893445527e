package io.graceful.drain;

import java.io.IOException;

/**
 * Does not look at all connections of the app while there are others to wait for anyway: where
 * there are thousands that takes a while.
 */
public final class ThisFirst implements Drain {

  private final Drain first;
  private final Drain rest;

  /**
   * @param first answers at once; what it takes over from the rest it counts before the rest does
   *     not any more
   */
  public ThisFirst(Drain first, Drain rest) {
    this.first = first;
    this.rest = rest;
  }

  @Override
  public Census look() throws IOException {
    Census census = first.look();
    return census.busy() > 0 ? census : count();
  }

  @Override
  public Census count() throws IOException {
    return rest.count().plus(first.count()); // In this order nothing is missed on its way.
  }
}
