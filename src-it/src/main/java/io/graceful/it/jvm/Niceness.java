package io.graceful.it.jvm;

/** Lets servers go first where a load would take all processors. */
public final class Niceness {
  /**
   * A thirtieth of what others get. Not less: a thread that hardly ever runs keeps all of its JVM
   * waiting, seconds long, when that wants to stop it for a moment.
   */
  private static final int NICE = 15;

  private Niceness() {}

  /** For the rest of the calling thread's life. */
  public static void giveWay() {
    Libc.renice(NICE);
  }
}
