package io.graceful.sockets;

import io.graceful.os.ProcFs;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which sockets went through one of our bind hooks, and which of them asked for any free port.
 *
 * <p>An entry counts only while the same socket, by inode, is still at the number: so nothing needs
 * to tell us of closes, and there are never more entries than the process had descriptors at once.
 */
public final class BoundSockets {

  private static final class Entry {
    final long inode;
    final boolean ephemeral;

    Entry(long inode, boolean ephemeral) {
      this.inode = inode;
      this.ephemeral = ephemeral;
    }
  }

  private final ConcurrentHashMap<Integer, Entry> byNumber = new ConcurrentHashMap<>();

  /**
   * @param ephemeral bound to port 0, which the kernel replaced by a free one
   */
  public void record(int fd, boolean ephemeral) {
    byNumber.put(fd, new Entry(ProcFs.socketInode(fd), ephemeral));
  }

  /** Whether the new process can bind it through the same hook. */
  public boolean isHooked(int fd, long inode) {
    Entry entry = byNumber.get(fd);
    return entry != null && entry.inode == inode;
  }

  /** Whether its port is a different one in each process. */
  public boolean isEphemeral(int fd, long inode) {
    Entry entry = byNumber.get(fd);
    return entry != null && entry.inode == inode && entry.ephemeral;
  }
}
