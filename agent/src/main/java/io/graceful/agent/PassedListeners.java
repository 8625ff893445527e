package io.graceful.agent;

import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.sockets.InheritedSockets;
import io.graceful.sockets.ListenerKey;
import io.graceful.systemd.StoredName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes the listening sockets among the descriptors that systemd has passed. They come from socket
 * units, from what an earlier process of the service has left with systemd, or from both. What else
 * there is, pipes say, stays where it is.
 */
final class PassedListeners {

  private final Libc libc;
  private final Map<Long, Integer> byInode = new LinkedHashMap<>();
  private final Map<Long, Boolean> isStored = new LinkedHashMap<>();

  private PassedListeners(Libc libc) {
    this.libc = libc;
  }

  /**
   * @param names LISTEN_FDNAMES: one for each, with colons between them; or null
   * @return null if there are none
   */
  static InheritedSockets take(Libc libc, List<Integer> numbers, String names)
      throws ErrnoException {
    PassedListeners found = new PassedListeners(libc);
    String[] byPosition = names == null ? new String[0] : names.split(":", -1);
    for (int i = 0; i < numbers.size(); i++) {
      found.look(numbers.get(i), i < byPosition.length && StoredName.isOurs(byPosition[i]));
    }
    return found.byInode.isEmpty() ? null : found.take();
  }

  private void look(int fd, boolean stored) throws ErrnoException {
    long inode = ProcFs.socketInode(fd);
    if (inode < 0 || !libc.isListening(fd) || libc.socketType(fd) != Libc.SOCK_STREAM) {
      return;
    }
    isStored.merge(inode, stored, Boolean::logicalAnd);
    if (byInode.putIfAbsent(inode, fd) != null) {
      libc.close(fd);
    }
  }

  /** Out of the way of low numbers, and not for children. */
  private InheritedSockets take() throws ErrnoException {
    InheritedSockets sockets = new InheritedSockets(libc);
    for (Map.Entry<Long, Integer> socket : byInode.entrySet()) {
      int copy = libc.duplicate(socket.getValue());
      libc.close(socket.getValue());
      ListenerKey key = ListenerKey.ofBound(libc, copy);
      if (isStored.get(socket.getKey())) {
        sockets.addStored(key, copy);
      } else {
        sockets.add(key, copy);
      }
    }
    return sockets;
  }
}
