package io.graceful.sockets;

import io.graceful.os.EpollRegistration;
import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import java.io.IOException;

/**
 * A listener taken away from the app, which goes on waiting on a silent one in its place. Owns a
 * copy of the real one, so that the app can have it back.
 */
public final class DetachedListener {

  /** No socket has it. */
  private static final long NONE = -2;

  private final Libc libc;
  private final Listener listener;
  private final int kept;
  private long silentInode = NONE;

  private DetachedListener(Libc libc, Listener listener, int kept) {
    this.libc = libc;
    this.listener = listener;
    this.kept = kept;
  }

  /**
   * From now on the app accepts nothing more from it. A connection that slips through is served as
   * any other.
   */
  public static DetachedListener detach(Libc libc, Listener listener) throws IOException {
    DetachedListener detached =
        new DetachedListener(libc, listener, libc.duplicate(listener.descriptor()));
    try {
      int silent = libc.silentListener();
      try {
        detached.silentInode = ProcFs.socketInode(silent);
        detached.swap(listener.inode(), silent);
      } finally {
        libc.close(silent);
      }
    } catch (IOException failure) {
      detached.undo(failure);
      throw failure;
    }
    return detached;
  }

  private void undo(IOException failure) {
    if (!isSilent()) {
      release(); // Nothing was exchanged yet; to look for more to give back takes a descriptor.
      return;
    }
    try {
      reattach();
    } catch (IOException again) {
      failure.addSuppressed(again);
    }
  }

  private boolean isSilent() {
    for (int fd : listener.descriptors()) {
      if (ProcFs.socketInode(fd) == silentInode) {
        return true;
      }
    }
    return false;
  }

  /**
   * Gives it back: the app accepts again, what has queued up in the meantime first. If that fails
   * our copy stays open: without it the connections in the queue would be reset.
   */
  public void reattach() throws IOException {
    swap(silentInode, kept);
    release();
  }

  /** Closes the copy: the listener is gone for good from this process. */
  public void release() {
    libc.close(kept);
  }

  public ListenerKey key() {
    return listener.key();
  }

  /**
   * Connections that wait to be accepted: tcpi_unacked of a listener, linux/tcp.h. 0 for UNIX
   * sockets.
   */
  public int queued() throws ErrnoException {
    return listener.key().isUnix() ? 0 : TcpInfo.of(libc, kept).unacknowledged();
  }

  /** Threads that wait on a listener hold on to the old one until they are woken. */
  public void wakeAcceptors() throws IOException {
    WaitingThreads.scan(libc.arch()).interruptOn(libc, listener.descriptors());
  }

  /** Whether a thread sits in accept or poll on what the app has in its place. */
  public boolean isWaitedOn() throws IOException {
    WaitingThreads waiting = WaitingThreads.scan(libc.arch());
    for (int fd : listener.descriptors()) {
      if (waiting.anyOn(fd)) {
        return true;
      }
    }
    return false;
  }

  /** Lets a thread that sits in accept return, with a connection that has ended already. */
  public void knock() throws IOException {
    for (int fd : listener.descriptors()) {
      if (ProcFs.socketInode(fd) == silentInode) {
        libc.knock(fd);
        return;
      }
    }
  }

  private void swap(long expectedInode, int replacement) throws IOException {
    for (int fd : listener.descriptors()) {
      if (ProcFs.socketInode(fd) != expectedInode) {
        continue; // The app closed it, and may have something else at the number by now.
      }
      DescriptorSwap.replace(libc, fd, replacement, EpollRegistration.of(fd));
    }
    wakeAcceptors();
  }
}
