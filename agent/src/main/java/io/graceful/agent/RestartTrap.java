package io.graceful.agent;

import io.graceful.config.Option;
import io.graceful.config.Options;
import io.graceful.log.Log;
import io.graceful.os.Libc;
import io.graceful.os.Reactor;
import io.graceful.os.SignalTrap;
import io.graceful.restart.Lifecycle;
import java.io.IOException;

/** SIGUSR2, which asks for a restart, and which Java's own handlers must not see. */
final class RestartTrap {

  static final String SIGNAL = "USR2";

  /** After the start; an application that has a handler of its own has put it in by then. */
  private static final long CHECK_MILLIS = 10_000;

  private final Libc libc;
  private final Log log;
  private final SignalTrap trap;

  private RestartTrap(Libc libc, Log log, SignalTrap trap) {
    this.libc = libc;
    this.log = log;
    this.trap = trap;
  }

  static boolean isWanted(Options options) {
    return options.signals(Option.RESTART_SIGNAL).contains(SIGNAL);
  }

  /** From here on signals are counted. An application that has a handler for them keeps it. */
  static RestartTrap set(Libc libc, Log log) throws IOException {
    SignalTrap trap =
        SignalTrap.isTaken(libc, Libc.SIGUSR2) ? null : SignalTrap.install(libc, Libc.SIGUSR2);
    return new RestartTrap(libc, log, trap);
  }

  /** Those that were counted already are obeyed too. */
  void obey(Reactor reactor, Lifecycle lifecycle) {
    if (trap == null) {
      complain();
      return;
    }
    reactor.watch(
        trap.counter(),
        new Runnable() {
          @Override
          public void run() {
            libc.take(trap.counter());
            lifecycle.restartRequested("SIG" + SIGNAL);
          }
        });
    reactor.after(
        CHECK_MILLIS,
        new Runnable() {
          @Override
          public void run() {
            check();
          }
        });
  }

  private void check() {
    try {
      if (!trap.isInPlace(libc)) {
        complain();
      }
    } catch (IOException unknown) {
      log.debug("can't tell who handles SIG" + SIGNAL + ": " + unknown.getMessage());
    }
  }

  private void complain() {
    log.info(
        "the application handles SIG"
            + SIGNAL
            + " itself, it does not restart: use the command restart, or another restart.signal");
  }
}
