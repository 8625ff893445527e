package io.graceful.sockets;

import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The system calls that threads of the app had begun on a number before another socket was put
 * there: such a call goes on with the old one until it returns.
 */
public final class InFlightCalls {

  private final Libc libc;
  private final Set<Integer> fds;

  /** On what each thread waited. */
  private final Map<Integer, Set<Integer>> woken = new HashMap<>();

  /** How often each had run before it was woken, for those that have not run since. */
  private final Map<Integer, Long> waiting = new HashMap<>();

  /**
   * @param fds numbers that refer to another socket by now
   */
  public InFlightCalls(Libc libc, Collection<Integer> fds) {
    this.libc = libc;
    this.fds = new HashSet<>(fds);
  }

  /**
   * Wakes the threads that wait in such a call: they make it again, on the new socket. To be called
   * a second time a little later, for a thread that had only just begun its call; those that were
   * woken are left alone then.
   */
  public void wake() throws IOException {
    WaitingThreads found = WaitingThreads.scan(libc.arch());
    List<Integer> fresh = new ArrayList<>();
    for (int thread : found.on(fds)) {
      if (!woken.containsKey(thread)) {
        woken.put(thread, found.descriptorsOf(thread));
        waiting.put(thread, ProcFs.timesScheduled(thread));
        fresh.add(thread);
      }
    }
    WaitingThreads.interrupt(libc, fresh);
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
      unfinished.addAll(woken.get(thread));
    }
    unfinished.retainAll(fds);
    return unfinished;
  }
}
