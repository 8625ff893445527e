package io.graceful.it.jvm;

import jnr.constants.platform.Signal;
import jnr.constants.platform.WaitFlags;
import jnr.ffi.LibraryLoader;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/** The few system calls that Java has no words for. */
final class Libc {
  /** linux/prctl.h */
  private static final int PR_SET_CHILD_SUBREAPER = 36;

  /** sys/resource.h */
  private static final int PRIO_PROCESS = 0;

  private static final int EINTR = 4;

  private static final POSIX POSIX = POSIXFactory.getPOSIX();
  private static final Raw RAW = LibraryLoader.create(Raw.class).load("c");

  private Libc() {}

  /** From now on, processes whose parent ends become children of this process: see prctl(2). */
  static void becomeSubreaper() {
    if (RAW.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
      throw new IllegalStateException(
          "can't become a child subreaper: prctl: errno " + POSIX.errno());
    }
  }

  /** The calling thread only; see "C library/kernel differences" in setpriority(2). */
  static void renice(int niceness) {
    if (RAW.setpriority(PRIO_PROCESS, 0, niceness) != 0) {
      throw new IllegalStateException("can't give way: setpriority: errno " + POSIX.errno());
    }
  }

  static boolean kill(long pid, Signal signal) {
    return POSIX.kill(pid, signal.intValue()) == 0;
  }

  /**
   * Reaps a child that has ended.
   *
   * @return its exit status, 128 + n if signal n killed it, as {@link Process#exitValue()} has it;
   *     -1 if it hasn't ended or is no child of this process
   */
  static int reap(long pid) {
    int[] status = new int[1];
    int reaped;
    do {
      reaped = POSIX.waitpid(pid, status, WaitFlags.WNOHANG.intValue());
    } while (reaped < 0 && POSIX.errno() == EINTR);
    if (reaped != pid) {
      return -1;
    }
    int signal = status[0] & 0x7f;
    return signal == 0 ? status[0] >> 8 & 0xff : 128 + signal;
  }

  /** Public, because jnr-ffi implements it from another class loader. */
  public interface Raw {
    int setpriority(int which, int who, int niceness);

    int prctl(int option, long arg2, long arg3, long arg4, long arg5);
  }
}
