package io.graceful.agent;

import io.graceful.log.Log;
import io.graceful.os.Libc;
import io.graceful.os.Reactor;
import io.graceful.os.SignalTrap;
import java.io.IOException;

/**
 * Where restarts are disabled, SIGUSR2 still is caught and answered with the reason: the operator
 * expects a restart, and the JVM alone may crash at the signal.
 */
final class RefusedRestarts {

  private final Libc libc;
  private final Log log;
  private final String reason;

  RefusedRestarts(Libc libc, Log log, String reason) {
    this.libc = libc;
    this.log = log;
    this.reason = reason;
  }

  /** Returns when the signal is caught. */
  void start() throws IOException {
    Reactor reactor = new Reactor(libc, new FailureLog(log));
    int counter = SignalTrap.install(libc, Libc.SIGUSR2);
    reactor.watch(
        counter,
        () -> {
          libc.take(counter);
          log.info("SIGUSR2: restart refused: " + reason);
        });
    Installer.startThread(reactor);
  }
}
