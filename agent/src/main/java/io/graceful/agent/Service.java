package io.graceful.agent;

import io.graceful.log.Log;
import io.graceful.os.JavaBase;
import io.graceful.os.Libc;
import io.graceful.os.OwnEnvironment;
import io.graceful.os.Reactor;
import io.graceful.process.LaunchCommand;
import io.graceful.systemd.ManagerVariables;
import io.graceful.systemd.NotifySocket;
import io.graceful.systemd.ServiceManager;
import io.graceful.systemd.Watchdog;
import java.lang.instrument.Instrumentation;

/**
 * What this process is to systemd, by the variables with which it was started. Only made where
 * there are such.
 */
final class Service {

  private final LaunchCommand command;
  private final Libc libc;

  Service(LaunchCommand command, Libc libc) {
    this.command = command;
    this.libc = libc;
  }

  /** From the app and its children. Before it runs: a program that reads them then may crash. */
  void hideVariables(Log log, Instrumentation instrumentation) {
    try {
      JavaBase.openToUs(instrumentation);
      OwnEnvironment.remove(
          libc, command.variableNames(), name -> !ManagerVariables.isForChild(name));
    } catch (ReflectiveOperationException | RuntimeException failure) {
      log.error("children of the application get systemd's variables: " + failure);
    }
  }

  /**
   * @param successor whether this process goes on with what another one began
   * @return null if systemd wants to hear nothing
   */
  ServiceManager manager(Reactor reactor, Log log, int pid, boolean successor) {
    return new ServiceManager(
        new NotifySocket(libc, reactor, log, command.variable(ManagerVariables.NOTIFY_SOCKET)),
        Watchdog.of(
            reactor,
            command.variable(ManagerVariables.WATCHDOG_USEC),
            command.variable(ManagerVariables.WATCHDOG_PID),
            pid,
            successor));
  }
}
