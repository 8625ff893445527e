package io.graceful.sockets;

import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The listening sockets of this process as the kernel sees them, whoever made them. */
public final class LiveListeners {

  private final List<Listener> handedOver = new ArrayList<>();
  private final List<Listener> leftOut = new ArrayList<>();

  private LiveListeners() {}

  /** Looks now. */
  public static LiveListeners scan(Libc libc, BoundSockets bound) throws IOException {
    Map<Long, Listener> byInode = new LinkedHashMap<>();
    LiveListeners found = new LiveListeners();
    for (int fd : ProcFs.openDescriptors()) {
      long inode = ProcFs.socketInode(fd);
      if (inode < 0 || !isListeningStream(libc, fd)) {
        continue;
      }
      Listener known = byInode.get(inode);
      if (known == null) {
        known = new Listener(ListenerKey.ofBound(libc, fd), inode);
        byInode.put(inode, known);
      }
      known.descriptors().add(fd);
    }
    for (Listener listener : byInode.values()) {
      found.sort(listener, bound);
    }
    return found;
  }

  private static boolean isListeningStream(Libc libc, int fd) {
    try {
      return libc.isListening(fd) && libc.socketType(fd) == Libc.SOCK_STREAM;
    } catch (ErrnoException closedMeanwhile) {
      return false;
    }
  }

  private void sort(Listener listener, BoundSockets bound) {
    boolean hooked = false;
    for (int fd : listener.descriptors()) {
      if (bound.isEphemeral(fd, listener.inode())) {
        return;
      }
      hooked |= bound.isHooked(fd, listener.inode());
    }
    if (hooked) {
      listener.prefer(fd -> bound.isHooked(fd, listener.inode()));
    }
    (hooked ? handedOver : leftOut).add(listener);
  }

  /** Those that the new process is expected to bind. */
  public List<Listener> handedOver() {
    return handedOver;
  }

  /**
   * Those that native code bound (a debugger, say): the new process can't adopt them. Ephemeral
   * ones aren't listed.
   */
  public List<Listener> leftOut() {
    return leftOut;
  }
}
