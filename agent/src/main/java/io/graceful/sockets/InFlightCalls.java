package io.graceful.sockets;

import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The system calls that threads of the app had begun on a number before another socket was put
 * there: such a call goes on with the old one until it returns.
 */
public final class InFlightCalls {

  private final Libc libc;
  private final Set<Integer> fds;

  /** How often each thread had run before it was woken. */
  private final Map<Integer, Long> waiting = new HashMap<>();

  private WaitingThreads last;

  /**
   * @param fds numbers that refer to another socket by now
   */
  public InFlightCalls(Libc libc, Collection<Integer> fds) {
    this.libc = libc;
    this.fds = new HashSet<>(fds);
  }

  /** Wakes the threads that wait in such a call: they make it again, on the new socket. */
  public void wake() throws IOException {
    last = WaitingThreads.scan(libc.arch());
    waiting.clear();
    for (int thread : last.on(fds)) {
      waiting.put(thread, ProcFs.timesScheduled(thread));
    }
    if (!waiting.isEmpty()) {
      last.interrupt(libc, fds);
    }
  }

  /**
   * The numbers on which a thread may still be in the call in which {@link #wake} found it. It has
   * left that call when it has run since.
   */
  public Set<Integer> unfinished() {
    waiting
        .entrySet()
        .removeIf(thread -> ProcFs.timesScheduled(thread.getKey()) != thread.getValue());
    Set<Integer> unfinished = new HashSet<>();
    for (int thread : waiting.keySet()) {
      unfinished.addAll(last.descriptorsOf(thread));
    }
    unfinished.retainAll(fds);
    return unfinished;
  }
}
