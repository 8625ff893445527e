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

  private final List<Interposed> connections;
  private final InFlightCalls calls;
  private final Patience patience = new Patience(System::nanoTime);

  private boolean interrupted;

  Batch(Libc libc, List<Interposed> connections) {
    this.connections = new ArrayList<>(connections);
    List<Integer> fds = new ArrayList<>(connections.size());
    for (Interposed connection : connections) {
      fds.add(connection.appFd);
    }
    calls = new InFlightCalls(libc, fds);
  }

  /**
   * Takes out those that are free by now.
   *
   * @throws IOException if the threads can't be looked at, perhaps for want of descriptors
   */
  List<Interposed> settled() throws IOException {
    patience.look();
    if (!interrupted) {
      calls.interrupt();
      interrupted = true;
    }
    List<Interposed> settled = new ArrayList<>();
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
    if (patience.isOver()) {
      stuck.addAll(connections);
      connections.clear();
    }
    return stuck;
  }

  boolean isDone() {
    return connections.isEmpty();
  }
}
