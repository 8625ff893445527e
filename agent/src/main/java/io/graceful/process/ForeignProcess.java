package io.graceful.process;

import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.os.Reactor;

/**
 * A process that somebody else has started, and reaps: that it has ended can be seen, but not how.
 */
public final class ForeignProcess implements SuccessorProcess {

  private static final int NONE = -1;

  private final Libc libc;
  private final int pid;
  private final long started;
  private final int handle;
  private boolean ended;

  /**
   * @param handle a pidfd, or -1
   * @param started see {@link ProcFs#startTimeOf}
   */
  ForeignProcess(Libc libc, int pid, int handle, long started) {
    this.libc = libc;
    this.pid = pid;
    this.handle = handle;
    this.started = started;
  }

  /** The one that has this pid now. */
  public static ForeignProcess of(Libc libc, int pid) {
    return new ForeignProcess(libc, pid, libc.openPid(pid), ProcFs.startTimeOf(pid));
  }

  @Override
  public int pid() {
    return pid;
  }

  @Override
  public int handle() {
    return handle;
  }

  @Override
  public String end() {
    if (!ended && !isRunning()) {
      forget();
    }
    return ended ? ENDED : null;
  }

  /** A handle also knows of a process whose first thread has ended before the others. */
  private boolean isRunning() {
    return handle == NONE
        ? ProcFs.isRunning(pid, started)
        : !Reactor.awaitReadable(libc, handle, 0);
  }

  /** Nobody looks at it any more: it counts as ended. */
  public void forget() {
    ended = true;
    if (handle != NONE) {
      libc.close(handle);
    }
  }

  @Override
  public void signal(int signal) {
    if (end() != null) {
      return;
    }
    try {
      if (handle == NONE) {
        libc.kill(pid, signal);
      } else {
        libc.signal(handle, signal);
      }
    } catch (ErrnoException endedMeanwhile) {
      // Seen with the next look. Or it is root's, and we are not: then it is left to root.
    }
  }
}
