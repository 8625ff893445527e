package io.graceful.systemd;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The numbers of the descriptors that systemd has opened for a process: sd_listen_fds(3). */
public final class PassedDescriptors {

  /** SD_LISTEN_FDS_START */
  private static final int FIRST = 3;

  /** More are a mistake: systemd itself has a limit of that order. */
  private static final int MOST = 4096;

  private PassedDescriptors() {}

  /** A LISTEN_PID for whoever starts a process and can't know its pid before (posix_spawn(3)). */
  public static String anyChildOf(int parent) {
    return "child-of-" + parent;
  }

  /**
   * @param addressee LISTEN_PID, or null
   * @param count LISTEN_FDS, or null
   * @param pid of this process
   * @param parent of the process that started it
   * @return empty if they are for another process, or there are none
   */
  public static List<Integer> of(String addressee, String count, int pid, int parent) {
    boolean isOurs = String.valueOf(pid).equals(addressee) || anyChildOf(parent).equals(addressee);
    if (count == null || !isOurs) {
      return Collections.emptyList();
    }
    List<Integer> numbers = new ArrayList<>();
    try {
      int end = FIRST + Math.min(MOST, Integer.parseInt(count));
      for (int number = FIRST; number < end; number++) {
        numbers.add(number);
      }
    } catch (NumberFormatException notFromSystemd) {
      return Collections.emptyList();
    }
    return numbers;
  }
}
