package io.graceful.systemd;

import io.graceful.os.Reactor;

/**
 * The signs of life that systemd expects (WatchdogSec=), twice as often as it does. They come from
 * the reactor's thread: so they tell that this JVM runs, and not that the app does its work.
 */
public final class Watchdog implements Runnable {

  private final Reactor reactor;
  private final long pauseMillis;
  private NotifySocket socket;
  private Reactor.Timer next;

  private Watchdog(Reactor reactor, long pauseMillis) {
    this.reactor = reactor;
    this.pauseMillis = pauseMillis;
  }

  /**
   * @param limitMicros WATCHDOG_USEC, or null
   * @param addressee WATCHDOG_PID, or null: then it is meant for whoever has the limit
   *     (sd_watchdog_enabled(3))
   * @param successor whether this process goes on with what was meant for its predecessor
   * @return null if nothing is expected of this process
   */
  public static Watchdog of(
      Reactor reactor, String limitMicros, String addressee, int pid, boolean successor) {
    if (limitMicros == null
        || !successor && addressee != null && !addressee.equals(String.valueOf(pid))) {
      return null;
    }
    try {
      long limit = Long.parseLong(limitMicros);
      return limit <= 0 ? null : new Watchdog(reactor, Math.max(1, limit / 2 / 1000));
    } catch (NumberFormatException notOurs) {
      return null;
    }
  }

  /** From now on, there. */
  public void start(NotifySocket to) {
    if (socket == null) {
      socket = to;
      run();
    }
  }

  void stop() {
    if (socket != null) {
      socket = null;
      next.cancel();
    }
  }

  /** A sign of life. */
  @Override
  public void run() {
    socket.send("WATCHDOG=1");
    next = reactor.after(pauseMillis, this);
  }
}
