package io.graceful.relay;

/** What the kernel tells of a connection's life before it is relayed. */
public final class History {

  /** No byte has ever passed, in either direction. */
  public static final History FRESH = new History("fresh", 0);

  /** Anything else: the client has sent something last, or something that was not read. */
  public static final History BUSY = new History("busy", 0);

  private final String name;
  private final long silentMillis;

  private History(String name, long silentMillis) {
    this.name = name;
    this.silentMillis = silentMillis;
  }

  /**
   * All that the client sent was read, and then the app has sent something.
   *
   * @param silentMillis how long ago the last of that was
   */
  public static History quiet(long silentMillis) {
    return new History("quiet", silentMillis);
  }

  boolean isQuiet() {
    return this != FRESH && this != BUSY;
  }

  long silentMillis() {
    return silentMillis;
  }

  @Override
  public String toString() {
    return isQuiet() ? name + " for " + silentMillis + " ms" : name;
  }
}
