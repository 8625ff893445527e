package io.graceful.restart;

import io.graceful.hooks.Hooks;
import io.graceful.hooks.SharedGuard;
import io.graceful.log.Log;
import io.graceful.sockets.Exclusion;
import java.io.IOException;

/**
 * The one guard of the app's descriptors: put into its calls when first needed, as it costs them
 * something from then on.
 */
final class AppGuard implements Exclusion {

  /**
   * A call takes microseconds, unless it closes a socket that lingers: that one is not waited for.
   */
  private static final long CALLS_MILLIS = 50;

  private final Hooks hooks;
  private final Log log;
  private final boolean wanted;
  private final SharedGuard guard = new SharedGuard();
  private volatile boolean inPlace;

  /**
   * @param wanted whether the app's classes were made ready for it; if not, it has to be asked for
   */
  AppGuard(Hooks hooks, Log log, boolean wanted) {
    this.hooks = hooks;
    this.log = log;
    this.wanted = wanted;
  }

  /**
   * Puts it in. Calls that are under way now don't know of it yet.
   *
   * @throws IOException if the JDK, or a library of the app, is not as expected
   */
  synchronized SharedGuard putIn() throws IOException {
    hooks.guard(guard.appSide());
    inPlace = true;
    return guard;
  }

  /** Without it what follows is done all the same: what it keeps apart seldom meets. */
  void putInIfPossible() {
    if (!wanted) {
      return;
    }
    try {
      putIn();
    } catch (IOException | RuntimeException | LinkageError failure) {
      log.debug("the application is not kept from its listeners: " + failure.getMessage());
    }
  }

  @Override
  public void during(Exchange exchange) throws IOException {
    boolean alone = inPlace && guard.tryExclusive(CALLS_MILLIS);
    try {
      exchange.run();
    } finally {
      if (alone) {
        guard.releaseExclusive();
      }
    }
  }
}
