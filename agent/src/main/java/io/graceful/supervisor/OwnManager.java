package io.graceful.supervisor;

import io.graceful.log.Log;
import io.graceful.os.Libc;
import io.graceful.os.Reactor;
import io.graceful.systemd.ManagerVariables;
import io.graceful.systemd.NotifySocket;
import io.graceful.systemd.Watchdog;
import java.util.Arrays;
import java.util.List;

/**
 * systemd, where the supervisor is its service: it hears what the server says of itself, but not
 * who the main process is, which to systemd is always the supervisor.
 */
final class OwnManager {

  private static final List<String> PASSED_ON =
      Arrays.asList(
          "READY", "RELOADING", "MONOTONIC_USEC", "EXTEND_TIMEOUT_USEC", "STOPPING", "STATUS");

  private final NotifySocket socket;

  private OwnManager(NotifySocket socket) {
    this.socket = socket;
  }

  /**
   * @param pid of this process
   * @return null where nobody wants to hear
   */
  static OwnManager find(Libc libc, Reactor reactor, Log log, int pid) {
    String name = System.getenv(ManagerVariables.NOTIFY_SOCKET);
    if (name == null || name.isEmpty()) {
      return null;
    }
    OwnManager manager = new OwnManager(new NotifySocket(libc, reactor, log, name));
    Watchdog watchdog =
        Watchdog.of(
            reactor,
            System.getenv(ManagerVariables.WATCHDOG_USEC),
            System.getenv(ManagerVariables.WATCHDOG_PID),
            pid,
            false);
    if (watchdog != null) {
      watchdog.start(manager.socket);
    }
    return manager;
  }

  void passOn(Notification notification) {
    StringBuilder message = new StringBuilder();
    for (String name : PASSED_ON) {
      String value = notification.text(name);
      if (!value.isEmpty()) {
        message.append(message.length() == 0 ? "" : "\n").append(name).append('=').append(value);
      }
    }
    if (message.length() > 0) {
      socket.send(message.toString());
    }
  }

  /** What the server can't say any more. */
  void tell(String status) {
    socket.send("STATUS=" + status);
  }
}
