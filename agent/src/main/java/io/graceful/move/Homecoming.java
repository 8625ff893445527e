package io.graceful.move;

import io.graceful.os.Libc;
import io.graceful.sockets.InFlightCalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * Connections that were plugged together, until no thread of the app is inside a call on what was
 * there before. That shows by the end of the pair, which lives as long as a call on it does; but
 * also a child process of the app may hold it.
 */
final class Homecoming {

  private final List<Interposed> connections;
  private final InFlightCalls calls;
  private final Patience patience = new Patience(System::nanoTime);
  private boolean interrupted;

  Homecoming(Libc libc, List<Interposed> connections) {
    this.connections = new ArrayList<>(connections);
    List<Integer> fds = new ArrayList<>(connections.size());
    for (Interposed connection : connections) {
      fds.add(connection.appFd);
    }
    calls = new InFlightCalls(libc, fds);
  }

  /** Makes threads that wait come out; else they do when they have waited long enough. */
  private void interrupt() {
    try {
      calls.interrupt();
      interrupted = true;
    } catch (IOException unreadable) {
      // /proc needs a descriptor: there may be one at the next look.
    }
  }

  /** Those that can be given to the app: until then each look tells of them again. */
  List<Interposed> ready() {
    if (!interrupted) {
      interrupt();
    }
    patience.look();
    connections.removeIf(one -> !one.isPlugged());
    List<Interposed> ready = new ArrayList<>();
    List<Interposed> others = new ArrayList<>();
    connections.forEach(one -> (one.relayed.isHandedBack() ? ready : others).add(one));
    if (!others.isEmpty() && interrupted) {
      // First that nobody is in a call, then that nothing is in the pair.
      Set<Integer> unfinished = patience.isOver() ? Collections.emptySet() : calls.unfinished();
      others.removeIf(one -> unfinished.contains(one.appFd) || !one.relayed.hasPassedAll());
      ready.addAll(others);
    }
    return ready;
  }

  boolean isOver() {
    return connections.isEmpty();
  }
}
