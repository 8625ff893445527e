package io.graceful.supervisor;

import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;

/** The process that serves, or is to serve. Another process that gets its pid is not it. */
final class Server {

  private final Libc libc;
  private final int pid;
  private final long started;
  private long readySince;
  private boolean ready;
  private boolean stopping;

  Server(Libc libc, int pid) {
    this.libc = libc;
    this.pid = pid;
    this.started = ProcFs.startTimeOf(pid);
  }

  int pid() {
    return pid;
  }

  boolean isRunning() {
    return ProcFs.isRunning(pid, started);
  }

  /** Its application accepts. */
  void setReady() {
    if (!ready) {
      ready = true;
      readySince = System.nanoTime();
    }
  }

  boolean isReady() {
    return ready;
  }

  /** It has got a stop signal. */
  void setStopping() {
    stopping = true;
  }

  boolean isStopping() {
    return stopping;
  }

  long readyNanos() {
    return ready ? System.nanoTime() - readySince : 0;
  }

  void signal(int number) {
    if (isRunning()) {
      try {
        libc.kill(pid, number);
      } catch (ErrnoException endedMeanwhile) {
        // It will be noticed.
      }
    }
  }
}
