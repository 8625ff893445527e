package io.graceful.agent;

import io.graceful.log.Log;
import io.graceful.os.JavaBase;
import io.graceful.os.Libc;
import io.graceful.os.OwnEnvironment;
import io.graceful.os.ProcFs;
import io.graceful.os.Reactor;
import io.graceful.process.LaunchCommand;
import io.graceful.sockets.InheritedSockets;
import io.graceful.sockets.ListenerKey;
import io.graceful.systemd.ManagerVariables;
import io.graceful.systemd.NotifySocket;
import io.graceful.systemd.PassedDescriptors;
import io.graceful.systemd.ServiceManager;
import io.graceful.systemd.Watchdog;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.HashSet;
import java.util.Set;

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
   * The sockets on which systemd listens for this process. What else it has opened, pipes say,
   * stays where it is.
   *
   * @return null if there are none
   */
  InheritedSockets listeners() throws IOException {
    InheritedSockets sockets = null;
    Set<Long> known = new HashSet<>();
    for (int fd :
        PassedDescriptors.of(
            command.variable(ManagerVariables.LISTEN_PID),
            command.variable(ManagerVariables.LISTEN_FDS),
            pid)) {
      long inode = ProcFs.socketInode(fd);
      if (inode >= 0 && libc.isListening(fd) && libc.socketType(fd) == Libc.SOCK_STREAM) {
        sockets = sockets == null ? new InheritedSockets(libc) : sockets;
        if (known.add(inode)) {
          sockets.add(ListenerKey.ofBound(libc, fd), libc.duplicate(fd));
        }
        libc.close(fd); // The copy has a number out of the way, and is not for children.
      }
    }
    return sockets;
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
            successor));
  }
}
