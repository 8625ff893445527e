package io.graceful.systemd;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The variables by which systemd speaks to the process that it starts. They are for that process,
 * and must not get to a child of it by mistake: the child would speak for the service, or take a
 * descriptor for something that it isn't.
 */
public final class ManagerVariables {

  public static final String NOTIFY_SOCKET = "NOTIFY_SOCKET";
  public static final String WATCHDOG_USEC = "WATCHDOG_USEC";
  public static final String WATCHDOG_PID = "WATCHDOG_PID";
  public static final String LISTEN_PID = "LISTEN_PID";
  public static final String LISTEN_FDS = "LISTEN_FDS";
  public static final String LISTEN_FDNAMES = "LISTEN_FDNAMES";
  public static final String FDSTORE = "FDSTORE";

  /** Of sd_listen_fds(3): they tell of descriptors that only one process has. */
  private static final List<String> OF_DESCRIPTORS =
      Collections.unmodifiableList(
          Arrays.asList(LISTEN_PID, "LISTEN_PIDFDID", LISTEN_FDS, LISTEN_FDNAMES));

  private static final List<String> OF_THE_SERVICE =
      Collections.unmodifiableList(
          Arrays.asList(NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID, FDSTORE));

  private ManagerVariables() {}

  /** Whether a successor gets it: it speaks to systemd too, but has its listeners from us. */
  public static boolean isForSuccessor(String name) {
    return !OF_DESCRIPTORS.contains(name);
  }

  /** Whether any other child gets it. */
  public static boolean isForChild(String name) {
    return !OF_DESCRIPTORS.contains(name) && !OF_THE_SERVICE.contains(name);
  }
}
