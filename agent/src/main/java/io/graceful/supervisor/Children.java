package io.graceful.supervisor;

import io.graceful.log.Log;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The processes that this one is the parent of, most of them by adoption. */
final class Children {

  /** How a process has ended that was not ours to reap. */
  static final int UNKNOWN = -1;

  private final Libc libc;
  private final Log log;

  Children(Libc libc, Log log) {
    this.libc = libc;
    this.log = log;
  }

  /**
   * Reaps all that have ended.
   *
   * @param wanted a pid
   * @return its wait status (wait(2)), or UNKNOWN if it was not among them
   */
  int reap(int wanted) {
    int status = UNKNOWN;
    for (int[] child = libc.reapAny(); child != null; child = libc.reapAny()) {
      if (child[0] == wanted) {
        status = child[1];
      }
    }
    return status;
  }

  /**
   * One that a generation of the server has left behind, to take its place.
   *
   * @param started when that generation was: an earlier one may still be about to exit
   * @return 0 if there is none
   */
  int successor(Notifications notifications, long started) {
    for (int child : generations(notifications)) {
      if (ProcFs.startTimeOf(child) > started) {
        return child;
      }
    }
    return 0;
  }

  /**
   * An earlier generation of the server that is still about to exit.
   *
   * @return 0 if there is none
   */
  int predecessor(Notifications notifications, long started) {
    for (int child : generations(notifications)) {
      if (ProcFs.startTimeOf(child) <= started) {
        return child;
      }
    }
    return 0;
  }

  private List<Integer> generations(Notifications notifications) {
    List<Integer> known = new ArrayList<>();
    try {
      for (int child : ProcFs.children()) {
        if (notifications.knows(child)) {
          known.add(child);
        }
      }
    } catch (IOException blind) {
      log.error("can't look for a new process: " + blind.getMessage());
    }
    return known;
  }
}
