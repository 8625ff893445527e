package io.graceful.restart;

import io.graceful.log.Log;

/**
 * Ends this process the way the app knows: shutdown hooks run; with a hard deadline behind them.
 */
public final class ProcessExit {

  /** A successor that can't take over: EX_SOFTWARE of sysexits.h. */
  public static final int CANT_TAKE_OVER = 70;

  private final Log log;
  private final long timeoutMillis;

  public ProcessExit(Log log, long timeoutMillis) {
    this.log = log;
    this.timeoutMillis = timeoutMillis;
  }

  /** Whether the shutdown hooks run already, whoever asked for it. */
  public static boolean hasBegun() {
    try {
      Runtime.getRuntime().removeShutdownHook(new Thread());
      return false;
    } catch (IllegalStateException shutdownInProgress) {
      return true;
    }
  }

  /** Returns at once. */
  public void exit(int status) {
    daemon("graceful-exit", () -> System.exit(status));
    daemon("graceful-deadline", () -> haltAfterTimeout(status));
  }

  private void haltAfterTimeout(int status) {
    try {
      Thread.sleep(timeoutMillis);
    } catch (InterruptedException nobodyDoesThat) {
      return;
    }
    log.error(
        "shutdown hooks did not end within " + timeoutMillis + " ms (shutdown.timeout): halting");
    Runtime.getRuntime().halt(status);
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}
