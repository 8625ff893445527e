package io.graceful.it.jvm;

/** Lets servers go first where a load would take all processors. */
public final class Niceness {
  private static final int LAST = 19;

  private Niceness() {}

  /** For the rest of the calling thread's life; only privileged processes could take it back. */
  public static void giveWay() {
    Libc.nice(LAST);
  }
}
