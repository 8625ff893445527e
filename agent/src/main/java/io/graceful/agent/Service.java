package io.graceful.agent;

import io.graceful.log.Log;
import io.graceful.os.JavaBase;
import io.graceful.os.Libc;
import io.graceful.os.OwnEnvironment;
import io.graceful.os.ProcFs;
import io.graceful.os.Reactor;
import io.graceful.process.LaunchCommand;
import io.graceful.sockets.InheritedSockets;
import io.graceful.systemd.ManagerVariables;
import io.graceful.systemd.NotifySocket;
import io.graceful.systemd.PassedDescriptors;
import io.graceful.systemd.ServiceManager;
import io.graceful.systemd.Watchdog;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.List;

/**
 * What this process is to systemd, by the variables with which it was started. Only made where
 * there are such.
 */
final class Service {

  private final LaunchCommand command;
  private final int pid;
  private final Libc libc;

  Service(LaunchCommand command, int pid, Libc libc) {
    this.command = command;
    this.pid = pid;
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
   * The sockets on which systemd listens for this process.
   *
   * @return null if there are none
   */
  InheritedSockets listeners() throws IOException {
    List<Integer> numbers =
        PassedDescriptors.of(
            command.variable(ManagerVariables.LISTEN_PID),
            command.variable(ManagerVariables.LISTEN_FDS),
            pid,
            ProcFs.parent());
    return numbers.isEmpty()
        ? null
        : PassedListeners.take(libc, numbers, command.variable(ManagerVariables.LISTEN_FDNAMES));
  }

  /**
   * @param successor whether this process goes on with what another one began
   * @return null if systemd wants to hear nothing
   */
  ServiceManager manager(Reactor reactor, Log log, boolean successor) {
    String socket = command.variable(ManagerVariables.NOTIFY_SOCKET);
    if (socket == null) {
      return null;
    }
    return new ServiceManager(
        new NotifySocket(libc, reactor, log, socket),
        Watchdog.of(
            reactor,
            command.variable(ManagerVariables.WATCHDOG_USEC),
            command.variable(ManagerVariables.WATCHDOG_PID),
            pid,
            successor),
        keepsDescriptors());
  }

  /** Our own supervisor needs no care: it follows whoever serves. */
  boolean isOfSystemd() {
    String socket = command.variable(ManagerVariables.NOTIFY_SOCKET);
    return socket != null && !socket.startsWith("@" + NotifySocket.OF_OUR_SUPERVISOR);
  }

  private boolean keepsDescriptors() {
    String most = command.variable(ManagerVariables.FDSTORE);
    return most != null && most.matches("[1-9][0-9]*");
  }
}
