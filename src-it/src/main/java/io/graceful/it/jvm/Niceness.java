package io.graceful.it.jvm;

/** Lets servers go first where a load would take all processors. */
public final class Niceness {
  private Niceness() {}

  /** For the rest of the calling thread's life. */
  public static void giveWay() {
    Libc.becomeIdle();
  }
}
