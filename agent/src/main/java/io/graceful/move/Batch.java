package io.graceful.move;

import io.graceful.os.Libc;
import io.graceful.sockets.InFlightCalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * Connections that were exchanged together, until no thread of the app is inside a call on what was
 * there before: until then its reads and ours would tear the stream apart.
 */
final class Batch {

  /** A thread that had just begun its call when we looked is asleep in it by then. */
  private static final long PAUSE_NANOS = 1_500_000;

  /** Threads of the JDK return as soon as they get a CPU; others, of native code, may never do. */
  private static final long GIVE_UP_NANOS = 2_000_000_000;

  private final List<Interposed> connections;
  private final InFlightCalls calls;

  /** Of the last wake, as System.nanoTime. */
  private long wokenAt;

  private boolean wokenTwice;

  Batch(Libc libc, List<Interposed> connections) throws IOException {
    this.connections = new ArrayList<>(connections);
    List<Integer> fds = new ArrayList<>(connections.size());
    for (Interposed connection : connections) {
      fds.add(connection.appFd);
    }
    calls = new InFlightCalls(libc, fds);
    wake();
  }

  private void wake() throws IOException {
    calls.wake();
    wokenAt = System.nanoTime();
  }

  /** Takes out those that are free by now. */
  List<Interposed> settled() throws IOException {
    List<Interposed> settled = new ArrayList<>();
    if (System.nanoTime() - wokenAt < PAUSE_NANOS) {
      return settled;
    }
    if (!wokenTwice) {
      wokenTwice = true;
      wake();
      return settled;
    }
    Set<Integer> unfinished = calls.unfinished();
    for (Iterator<Interposed> i = connections.iterator(); i.hasNext(); ) {
      Interposed connection = i.next();
      if (!unfinished.contains(connection.appFd)) {
        settled.add(connection);
        i.remove();
      }
    }
    return settled;
  }

  /** Takes out those with a thread that does not come back. */
  List<Interposed> giveUp() {
    List<Interposed> stuck = new ArrayList<>();
    if (wokenTwice && System.nanoTime() - wokenAt >= GIVE_UP_NANOS) {
      stuck.addAll(connections);
      connections.clear();
    }
    return stuck;
  }

  boolean isDone() {
    return connections.isEmpty();
  }
}
