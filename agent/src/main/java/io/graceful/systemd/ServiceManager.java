package io.graceful.systemd;

/**
 * systemd, as its service speaks to it: what sd_notify(3) offers, in the words of the service. For
 * the reactor's thread.
 */
public final class ServiceManager {

  private final NotifySocket socket;
  private final Watchdog watchdog;
  private final boolean hasStore;

  /**
   * @param watchdog what is owed to it; null if it expects no sign of life
   * @param hasStore whether it keeps descriptors for the next start (FileDescriptorStoreMax=)
   */
  public ServiceManager(NotifySocket socket, Watchdog watchdog, boolean hasStore) {
    this.socket = socket;
    this.watchdog = watchdog;
    this.hasStore = hasStore;
  }

  public boolean hasStore() {
    return hasStore;
  }

  /**
   * Keeps a duplicate until the service is stopped. One that it has already is no second one.
   *
   * @param name as of {@link StoredName}
   */
  public void keep(String name, int fd) {
    socket.send("FDSTORE=1\nFDNAME=" + name, fd);
  }

  public void forget(String name) {
    socket.send("FDSTOREREMOVE=1\nFDNAME=" + name);
  }

  /**
   * The service is up, or a reload is over.
   *
   * @param pid of the process that serves. systemd knows it already, unless that is the child of a
   *     script, or was orphaned in the middle of a restart
   */
  public void ready(int pid, String status) {
    socket.send("READY=1\nMAINPID=" + pid + statusLine(status));
  }

  /**
   * A reload has begun.
   *
   * @param longestMillis how long it may take; without that, systemd allows TimeoutStartSec=
   */
  public void reloading(long longestMillis, String status) {
    socket.send(reloading() + "\nEXTEND_TIMEOUT_USEC=" + longestMillis * 1000 + statusLine(status));
  }

  /** A reload that was asked for is over without having changed anything. */
  public void notReloading(String status) {
    socket.send(reloading() + "\nREADY=1" + statusLine(status));
  }

  /**
   * By the time in it systemd tells this reload from one that was under way when it asked.
   * System.nanoTime is CLOCK_MONOTONIC (os::javaTimeNanos, os_posix.cpp of HotSpot).
   */
  private static String reloading() {
    return "RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000;
  }

  /** Only for people. */
  public void status(String status) {
    socket.send(statusLine(status).trim());
  }

  /** From now on systemd listens to that process, and not to this one any more. */
  public void mainProcess(int pid, String status) {
    socket.send("MAINPID=" + pid + statusLine(status));
  }

  public void stopping(String status) {
    socket.send("STOPPING=1" + statusLine(status));
  }

  /** Signs of life, from now on until {@link #endSignsOfLife}. */
  public void giveSignsOfLife() {
    if (watchdog != null) {
      watchdog.start(socket);
    }
  }

  public void endSignsOfLife() {
    if (watchdog != null) {
      watchdog.stop();
    }
  }

  private static String statusLine(String status) {
    return "\nSTATUS=" + status.replace('\n', ' ');
  }
}
