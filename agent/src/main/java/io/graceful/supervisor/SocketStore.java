package io.graceful.supervisor;

import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The listening sockets of a server, kept for its next generation (FDSTORE=1 of sd_notify(3)): as
 * long as somebody holds them, clients wait in their queues and are not refused.
 */
final class SocketStore {

  /** As many as are announced to the server. */
  static final int MOST = 128;

  private final Libc libc;
  private final List<Stored> all = new ArrayList<>();
  private boolean closed;

  private static final class Stored {
    final String name;
    final int fd;
    final long inode;

    Stored(String name, int fd, long inode) {
      this.name = name;
      this.fd = fd;
      this.inode = inode;
    }
  }

  SocketStore(Libc libc) {
    this.libc = libc;
  }

  /**
   * Keeps duplicates; one that is there already counts once.
   *
   * @param name FDNAME, or empty
   * @param fds stay the caller's
   * @throws ErrnoException if there is no descriptor left
   */
  void keep(String name, List<Integer> fds) throws ErrnoException {
    for (int fd : fds) {
      long inode = ProcFs.socketInode(fd);
      if (!closed && inode >= 0 && all.size() < MOST && !has(inode)) {
        all.add(new Stored(name, libc.duplicate(fd), inode));
      }
    }
  }

  private boolean has(long inode) {
    for (Stored one : all) {
      if (one.inode == inode) {
        return true;
      }
    }
    return false;
  }

  void remove(String name) {
    for (Iterator<Stored> each = all.iterator(); each.hasNext(); ) {
      Stored stored = each.next();
      if (stored.name.equals(name)) {
        libc.close(stored.fd);
        each.remove();
      }
    }
  }

  /** Keeps nothing from now on: where nobody else holds them, clients are refused. */
  void close() {
    closed = true;
    for (Stored stored : all) {
      libc.close(stored.fd);
    }
    all.clear();
  }

  /** Stay the store's. */
  int[] descriptors() {
    int[] descriptors = new int[all.size()];
    for (int i = 0; i < descriptors.length; i++) {
      descriptors[i] = all.get(i).fd;
    }
    return descriptors;
  }

  /** In the order of {@link #descriptors}: LISTEN_FDNAMES. */
  String names() {
    List<String> names = new ArrayList<>();
    for (Stored one : all) {
      names.add(one.name.isEmpty() ? "stored" : one.name);
    }
    return String.join(":", names);
  }
}
