package io.graceful.process;

import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.WaitStatus;

/**
 * A process that we started: it is reaped here and nowhere else, so its pid stays its own until
 * then.
 */
public final class ChildProcess implements SuccessorProcess {

  private final Libc libc;
  private final int pid;
  private final int handle;
  private String end;

  ChildProcess(Libc libc, int pid) {
    this.libc = libc;
    this.pid = pid;
    this.handle = libc.openPid(pid);
  }

  @Override
  public int pid() {
    return pid;
  }

  @Override
  public int handle() {
    return handle;
  }

  /** Reaps it if it has ended. */
  @Override
  public String end() {
    if (end == null) {
      try {
        Integer status = libc.reap(pid);
        end = status == null ? null : WaitStatus.inWords(status);
      } catch (ErrnoException reapedByTheApp) {
        end = ENDED;
      }
      if (end != null && handle >= 0) {
        libc.close(handle);
      }
    }
    return end;
  }

  @Override
  public void signal(int signal) {
    if (end() == null) {
      try {
        libc.kill(pid, signal);
      } catch (ErrnoException endedMeanwhile) {
        // Reaped with the next look.
      }
    }
  }
}
