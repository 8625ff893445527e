package io.graceful.agent;

import io.graceful.log.Log;
import io.graceful.os.Libc;
import io.graceful.os.Reactor;
import io.graceful.os.SignalTrap;
import io.graceful.restart.FirstAccept;
import io.graceful.sockets.BoundSockets;
import io.graceful.systemd.ServiceManager;
import java.io.IOException;

/**
 * Where restarts are disabled, SIGUSR2 still is caught and answered with the reason: the operator
 * expects a restart, and the JVM alone may crash at the signal. systemd, if there is one, waits for
 * an answer too, and first of all for the application.
 */
final class RefusedRestarts {

  private final Libc libc;
  private final Log log;
  private final int pid;
  private final String reason;

  RefusedRestarts(Libc libc, Log log, int pid, String reason) {
    this.libc = libc;
    this.log = log;
    this.pid = pid;
    this.reason = reason;
  }

  /**
   * Returns when the signal is caught; an application that handles it itself goes on doing so.
   *
   * @param service null where there is no systemd
   */
  void start(Service service) throws IOException {
    Reactor reactor = new Reactor(libc, new FailureLog(log));
    ServiceManager manager = service == null ? null : service.manager(reactor, log, false);
    if (!SignalTrap.isTaken(libc, Libc.SIGUSR2)) {
      answerSignals(reactor, manager);
    }
    if (manager != null) {
      speakFor(manager, reactor);
    }
    Installer.startThread(reactor);
  }

  private void answerSignals(Reactor reactor, ServiceManager manager) throws IOException {
    int counter = SignalTrap.install(libc, Libc.SIGUSR2).counter();
    reactor.watch(
        counter,
        () -> {
          libc.take(counter);
          log.info("SIGUSR2: restart refused: " + reason);
          if (manager != null) {
            manager.notReloading(status());
          }
        });
  }

  private void speakFor(ServiceManager manager, Reactor reactor) {
    manager.giveSignsOfLife();
    FirstAccept accept =
        new FirstAccept(
            libc, reactor, log, new BoundSockets(), listeners -> manager.ready(pid, status()));
    accept.countAll(); // There may be no hooks.
    accept.await();
  }

  private String status() {
    return "restarts are disabled: " + reason;
  }
}
