package io.graceful.agent;

import io.graceful.config.Option;
import io.graceful.config.Options;
import io.graceful.log.Log;
import io.graceful.os.JavaSignals;
import io.graceful.os.Libc;
import io.graceful.os.Reactor;
import io.graceful.os.SignalTrap;
import io.graceful.restart.Lifecycle;
import java.io.IOException;

/** The signals that ask for a restart or for a graceful stop. */
final class CaughtSignals {

  private static final String TRAPPED = "USR2";

  /** After the start; an application that has handlers of its own has put them in by then. */
  private static final long CHECK_MILLIS = 10_000;

  private final Libc libc;
  private final Reactor reactor;
  private final Lifecycle lifecycle;
  private final Log log;

  CaughtSignals(Libc libc, Reactor reactor, Lifecycle lifecycle, Log log) {
    this.libc = libc;
    this.reactor = reactor;
    this.lifecycle = lifecycle;
    this.log = log;
  }

  /** Whether a restart is asked for by the signal that Java's own handlers must not see. */
  static boolean needTrap(Options options) {
    return options.signals(Option.RESTART_SIGNAL).contains(TRAPPED);
  }

  /** From here on it is counted; the trap is handed to {@link #catchThem}. */
  static SignalTrap trap(Libc libc) throws IOException {
    return SignalTrap.install(libc, Libc.SIGUSR2);
  }

  /**
   * @param trap what {@link #trap} returned, or null
   */
  void catchThem(Options options, SignalTrap trap) throws IOException {
    for (String signal : options.signals(Option.RESTART_SIGNAL)) {
      if (signal.equals(TRAPPED)) {
        watch(trap != null ? trap : trap(libc));
      } else {
        catchSignal(signal, "restart", () -> lifecycle.restartRequested("SIG" + signal));
      }
    }
    for (String signal : options.signals(Option.STOP_SIGNALS)) {
      StopRequest request = new StopRequest(signal);
      request.previous = catchSignal(signal, "graceful stop", request);
    }
  }

  private void watch(SignalTrap trap) {
    reactor.watch(
        trap.counter(),
        new Runnable() {
          @Override
          public void run() {
            libc.take(trap.counter());
            lifecycle.restartRequested("SIG" + TRAPPED);
          }
        });
    reactor.after(
        CHECK_MILLIS,
        new Runnable() {
          @Override
          public void run() {
            check(trap);
          }
        });
  }

  private void check(SignalTrap trap) {
    try {
      if (!trap.isInPlace(libc)) {
        log.info(
            "the application handles SIG"
                + TRAPPED
                + " itself, it does not restart: use the command restart, or another"
                + " restart.signal");
      }
    } catch (IOException unknown) {
      log.debug("can't tell who handles SIG" + TRAPPED + ": " + unknown.getMessage());
    }
  }

  private final class StopRequest implements Runnable {
    private final String signal;

    /** Set on the thread that runs this, which is the reactor's. */
    private JavaSignals.Previous previous;

    StopRequest(String signal) {
      this.signal = signal;
    }

    @Override
    public void run() {
      lifecycle.stopRequested(signal, previous);
    }
  }

  private JavaSignals.Previous catchSignal(String signal, String purpose, Runnable onReactor) {
    try {
      return JavaSignals.handle(
          signal,
          new Runnable() {
            @Override
            public void run() {
              reactor.post(onReactor);
            }
          });
    } catch (UnsupportedOperationException taken) {
      log.info("no " + purpose + " by SIG" + signal + ": " + taken.getMessage());
      return null;
    }
  }
}
