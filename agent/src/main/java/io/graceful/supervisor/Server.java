package io.graceful.supervisor;

import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.os.Reactor;
import io.graceful.os.WaitStatus;

/** The process that serves, or is to serve. Another process that gets its pid is not it. */
final class Server {

  /** On kernels without pidfds (before 5.3). */
  private static final int NONE = -1;

  private static final long LOOK_MILLIS = 1000;

  private final Libc libc;
  private final int pid;
  private final int handle;
  private final long started;
  private long readySince;
  private long passedOn;
  private boolean ready;
  private int readyDescendant;
  private boolean stopping;
  private boolean fromOutside;
  private boolean forgotten;

  /** The one that has this pid now. */
  static Server of(Libc libc, int pid) {
    return new Server(libc, pid, libc.openPid(pid));
  }

  /**
   * @param handle a pidfd, or -1
   */
  Server(Libc libc, int pid, int handle) {
    this.libc = libc;
    this.pid = pid;
    this.handle = handle;
    this.started = ProcFs.startTimeOf(pid);
  }

  int pid() {
    return pid;
  }

  /** See {@link ProcFs#startTimeOf}. */
  long started() {
    return started;
  }

  /** As long as it can't be reaped: its first thread may end before the others. */
  boolean isRunning() {
    return handle == NONE
        ? ProcFs.isRunning(pid, started)
        : !forgotten && !Reactor.awaitReadable(libc, handle, 0);
  }

  /** Calls back when it has ended: no other signal comes for a process that is no child of ours. */
  void watch(Reactor reactor, Runnable onEnd) {
    if (handle == NONE) {
      look(reactor, onEnd, 0);
    } else {
      reactor.watch(handle, onEnd);
    }
  }

  private void look(Reactor reactor, Runnable onEnd, long millis) {
    reactor.after(
        millis,
        new Runnable() {
          @Override
          public void run() {
            if (!forgotten && !isRunning()) {
              onEnd.run();
            }
            if (!forgotten) {
              look(reactor, onEnd, LOOK_MILLIS);
            }
          }
        });
  }

  /** Another one has taken its place, or it has ended. */
  void forget(Reactor reactor) {
    forgotten = true;
    if (handle != NONE) {
      reactor.unwatch(handle);
      libc.close(handle);
    }
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

  /**
   * It is no descendant of this process and does not speak to it, as by {@code docker exec}. So it
   * was its predecessor, which had handed over to it, that told of it.
   */
  void setFromOutside() {
    fromOutside = true;
    setReady();
  }

  boolean isFromOutside() {
    return fromOutside;
  }

  /** Not this process serves, but one that it has started. */
  void setReadyDescendant(int descendant) {
    readyDescendant = descendant;
  }

  /** 0 if there is none. */
  int readyDescendant() {
    return readyDescendant;
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

  /** A signal of the operator's. It is the server's business what it does by it. */
  void passOn(int number) {
    passedOn |= 1L << number;
    signal(number);
  }

  /**
   * Whether a signal that was passed on has had its usual effect.
   *
   * @param status wait(2): a JVM exits with 128 and the number, other programs are killed
   */
  boolean endedBySignal(int status) {
    int number = WaitStatus.exitCode(status) - WaitStatus.ofSignal(0);
    return number > 0 && number < Long.SIZE && (passedOn & 1L << number) != 0;
  }

  void signal(int number) {
    if (isRunning()) {
      try {
        if (handle == NONE) {
          libc.kill(pid, number);
        } else {
          libc.signal(handle, number);
        }
      } catch (ErrnoException endedMeanwhile) {
        // It will be noticed.
      }
    }
  }
}
