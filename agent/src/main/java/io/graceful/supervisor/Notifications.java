package io.graceful.supervisor;

import io.graceful.log.Log;
import io.graceful.os.Datagrams;
import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.os.Reactor;
import io.graceful.systemd.ManagerVariables;
import io.graceful.systemd.NotifySocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The socket at which generations of the server say what they do (sd_notify(3)). */
final class Notifications {

  /** Whom they are for. */
  interface Listener {

    /** The descriptors in it are closed afterwards. */
    void onNotification(Notification notification) throws ErrnoException;
  }

  private final Libc libc;
  private final Log log;
  private final String address;
  private final Datagrams socket;
  private final Listener listener;

  /**
   * @param pid of this process
   */
  Notifications(Libc libc, Log log, int pid, Listener listener) throws IOException {
    this.libc = libc;
    this.log = log;
    this.listener = listener;
    String name = NotifySocket.OF_OUR_SUPERVISOR + pid + "-" + ProcFs.startTime();
    this.address = "@" + name;
    this.socket = new Datagrams(libc, name);
  }

  /** NOTIFY_SOCKET */
  String address() {
    return address;
  }

  /** From now on. */
  void hear(Reactor reactor) {
    reactor.watch(
        socket.fd(),
        new Runnable() {
          @Override
          public void run() {
            hearWaiting();
          }
        });
  }

  /** Those that have come already. */
  void hearWaiting() {
    try {
      for (Datagrams.Datagram next = socket.receive(); next != null; next = socket.receive()) {
        Notification notification = new Notification(next);
        try {
          listener.onNotification(notification);
        } finally {
          for (int fd : notification.descriptors()) {
            libc.close(fd);
          }
        }
      }
    } catch (IOException failure) {
      log.error("can't hear what the server says: " + failure.getMessage());
    }
  }

  /**
   * Whether this process has been told to speak here: a generation of the server. Its app's own
   * children don't get that variable.
   */
  boolean knows(int pid) {
    try {
      for (byte[] entry : ProcFs.zeroTerminated("/proc/" + pid + "/environ")) {
        if (new String(entry, StandardCharsets.ISO_8859_1)
            .equals(ManagerVariables.NOTIFY_SOCKET + "=" + address)) {
          return true;
        }
      }
    } catch (IOException ended) {
      return false;
    }
    return false;
  }
}
