package io.graceful.sockets;

import io.graceful.os.Arch;
import io.graceful.os.EpollRegistration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells whether the app is accepting: bound is not enough, some servers bind long before they are
 * up. Accepting is an epoll instance that asks for input on the listener, or a thread that waits in
 * accept or poll on it.
 */
public final class Accepting {

  private Accepting() {}

  /** Those of the listeners on which nobody accepts at this moment. */
  public static List<Integer> notYet(Arch arch, List<Integer> listeners) throws IOException {
    Set<Integer> polled = new HashSet<>();
    for (EpollRegistration entry : EpollRegistration.all()) {
      if (entry.waitsForInput() && listeners.contains(entry.fd()) && entry.isCurrent()) {
        polled.add(entry.fd());
      }
    }
    List<Integer> rest = new ArrayList<>(listeners);
    rest.removeAll(polled);
    if (!rest.isEmpty()) {
      WaitingThreads threads = WaitingThreads.scan(arch);
      rest.removeIf(threads::anyOn);
    }
    return rest;
  }
}
