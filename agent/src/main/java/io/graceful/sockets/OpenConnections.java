package io.graceful.sockets;

import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.SocketScan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * Finds the connections of listeners from outside the app: they are the sockets whose local address
 * is the listener's.
 */
public final class OpenConnections {

  private static final int NOT_TCP = -1;

  private final Libc libc;
  private final Map<String, ListenerKey> byAddress = new HashMap<>();
  private final Map<Integer, ListenerKey> byAnyAddressPort = new HashMap<>();
  private final Map<Integer, Boolean> ports = new HashMap<>();

  public OpenConnections(Libc libc, Collection<ListenerKey> listeners) {
    this.libc = libc;
    for (ListenerKey key : listeners) {
      ports.put(key.isUnix() ? NOT_TCP : key.port(), true);
      if (!key.isUnix() && key.isAnyAddress()) {
        byAnyAddressPort.put(key.port(), key);
      } else {
        byAddress.put(key.toString(), key);
      }
    }
  }

  /**
   * Looks now: each connection once, under the first of its numbers.
   *
   * @param isKnown says of a socket's inode that the caller doesn't want it
   */
  public List<OpenConnection> scan(LongPredicate isKnown) throws IOException {
    try (SocketScan sockets = new SocketScan(libc)) {
      return scan(sockets, isKnown);
    }
  }

  /** As {@link #scan(LongPredicate)}, for a caller that asks the scan for more. */
  public List<OpenConnection> scan(SocketScan sockets, LongPredicate isKnown) throws IOException {
    Map<Long, OpenConnection> found = new LinkedHashMap<>();
    sockets.forEach(
        fd -> {
          int port = sockets.family() == Libc.AF_UNIX ? NOT_TCP : sockets.port();
          if (!ports.containsKey(port)) {
            return;
          }
          long inode = sockets.inode(fd);
          ListenerKey listener = isKnown.test(inode) ? null : listenerOf(fd);
          if (listener != null) {
            found.putIfAbsent(inode, new OpenConnection(fd, inode, listener));
          }
        });
    return new ArrayList<>(found.values());
  }

  /** Null if it is no connection of these listeners. */
  public ListenerKey listenerOf(int fd) {
    try {
      if (libc.socketType(fd) != Libc.SOCK_STREAM || libc.isListening(fd)) {
        return null;
      }
      ListenerKey local = ListenerKey.ofBound(libc, fd);
      ListenerKey exact = byAddress.get(local.toString());
      return exact != null || local.isUnix() ? exact : byAnyAddressPort.get(local.port());
    } catch (ErrnoException closedMeanwhile) {
      return null;
    }
  }
}
