package io.graceful.agent;

import io.graceful.log.Log;
import io.graceful.os.Libc;
import io.graceful.os.Reactor;
import io.graceful.os.SignalTrap;
import java.io.File;
import java.lang.instrument.Instrumentation;

/**
 * Where restarts are disabled, SIGUSR2 still is caught and answered with the reason: the operator
 * expects a restart, and the JVM alone may crash at the signal.
 */
final class RefusedRestarts {

  private final Instrumentation instrumentation;
  private final File jar;
  private final Log log;
  private final String reason;

  RefusedRestarts(Instrumentation instrumentation, File jar, Log log, String reason) {
    this.instrumentation = instrumentation;
    this.jar = jar;
    this.log = log;
    this.reason = reason;
  }

  /** Returns when the signal is caught. */
  void start() {
    try {
      Libc libc = Installer.loadLibc(instrumentation, jar);
      Reactor reactor = new Reactor(libc, new FailureLog(log));
      int counter = SignalTrap.install(libc, Libc.SIGUSR2);
      reactor.watch(
          counter,
          () -> {
            libc.take(counter);
            log.info("SIGUSR2: restart refused: " + reason);
          });
      Installer.startThread(reactor);
    } catch (Throwable failure) {
      log.error("can't catch SIGUSR2, don't send it: " + failure.getMessage());
    }
  }
}
