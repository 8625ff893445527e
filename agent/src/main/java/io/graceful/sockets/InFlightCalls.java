package io.graceful.sockets;

import io.graceful.os.Libc;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The system calls that threads of the app had begun on a number before another socket was put
 * there: such a call goes on with the old one until it returns. A thread that waits in one is
 * interrupted, and makes it again, on the new socket. So is a thread that is running, or would be
 * if it had a CPU: it may be in the middle of a call, and about to wait in it.
 */
public final class InFlightCalls {

  private final Libc libc;
  private final Set<Integer> fds;

  /** Threads that were interrupted, and what each may be busy with. */
  private final Map<Integer, Set<Integer>> interrupted = new HashMap<>();

  /**
   * @param fds numbers that refer to another socket by now
   */
  public InFlightCalls(Libc libc, Collection<Integer> fds) {
    this.libc = libc;
    this.fds = new HashSet<>(fds);
  }

  /** Looks for such threads and interrupts them. A call that begins later is on the new socket. */
  public void interrupt() throws IOException {
    WaitingThreads found = WaitingThreads.scan(libc.arch());
    for (int thread : found.on(fds)) {
      Set<Integer> busyWith = new HashSet<>(found.descriptorsOf(thread));
      busyWith.retainAll(fds);
      interrupted.put(thread, busyWith);
    }
    for (int thread : found.running()) {
      if (WaitingThreads.takesInterrupts(thread)) {
        interrupted.put(thread, fds);
      }
    }
    WaitingThreads.interrupt(libc, interrupted.keySet());
  }

  /** The numbers on which a thread may still be in its old call. */
  public Set<Integer> unfinished() {
    interrupted.keySet().removeIf(thread -> !WaitingThreads.isInterruptPending(thread));
    Set<Integer> unfinished = new HashSet<>();
    interrupted.values().forEach(unfinished::addAll);
    return unfinished;
  }
}
