package io.graceful.sockets;

import io.graceful.os.EpollRegistration;
import io.graceful.os.Libc;
import io.graceful.os.SocketScan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells whether the app is accepting: bound is not enough, some servers bind long before they are
 * up. Accepting is an epoll instance that asks for input on the listener, or a thread that waits in
 * accept or poll on it.
 */
public final class Accepting {

  private Accepting() {}

  /** Those of the listeners on which nobody accepts at this moment. */
  public static List<Integer> notYet(Libc libc, List<Integer> listeners) throws IOException {
    List<Integer> rest = new ArrayList<>(listeners);
    try (SocketScan sockets = new SocketScan(libc)) {
      List<Integer> epolls = EpollRegistration.instances(sockets);
      for (EpollRegistration entry : EpollRegistration.in(epolls, listeners::contains)) {
        if (entry.waitsForInput() && entry.isFor(sockets.inode(entry.fd()))) {
          rest.remove(Integer.valueOf(entry.fd()));
        }
      }
    }
    if (!rest.isEmpty()) {
      WaitingThreads threads = WaitingThreads.scan(libc.arch());
      rest.removeIf(threads::anyOn);
    }
    return rest;
  }
}
