package com.kenai.jffi.internal;

/**
 * Takes the place of jffi's class of this name, which starts a thread to free what became garbage.
 * What we take from jffi (the C library, seven kinds of calls) lives as long as the process.
 */
public final class Cleaner implements Runnable {

  private static final Cleaner NOTHING = new Cleaner();

  private Cleaner() {}

  /** Returns what would free the object now, if there were any need. */
  public static Runnable register(Object object, Runnable cleanup) {
    return NOTHING;
  }

  @Override
  public void run() {}
}
