package io.graceful.sockets;

import io.graceful.os.EpollRegistration;
import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A listener taken away from the app, which goes on waiting on a silent one in its place. Owns a
 * copy of the real one, so that the app can have it back.
 */
public final class DetachedListener {

  /** No socket has it. */
  private static final long NONE = -2;

  private static final int NO_DESCRIPTOR = -1;

  private final Libc libc;
  private final Listener listener;
  private final Exclusion exclusion;
  private int kept;

  /** From when it was exchanged last; null before. */
  private List<Integer> epolls;

  /** By descriptor: likewise. */
  private final Map<Integer, List<EpollRegistration>> registrations = new HashMap<>();

  private long silentInode = NONE;
  private int backlog;

  private DetachedListener(Libc libc, Listener listener, Exclusion exclusion, int kept) {
    this.libc = libc;
    this.listener = listener;
    this.exclusion = exclusion;
    this.kept = kept;
  }

  /**
   * From now on the app accepts nothing more from it. A connection that slips through is served as
   * any other: see {@link #wakeAcceptors}.
   *
   * @param exclusion for each exchange, this one and those to come
   */
  public static DetachedListener detach(Libc libc, Listener listener, Exclusion exclusion)
      throws IOException {
    DetachedListener detached =
        new DetachedListener(libc, listener, exclusion, libc.duplicate(listener.descriptor()));
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
    detached.wakeAcceptors();
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
   * Gives it back: the app accepts again, what has queued up in the meantime first; see {@link
   * #wakeAcceptors}. Does not fail for want of a descriptor. If it fails our copy stays open:
   * without it the connections in the queue would be reset.
   */
  public void reattach() throws IOException {
    swap(silentInode, kept);
    release();
    wakeAcceptors();
  }

  /**
   * Clients are refused from now on, until {@link #resume}; those that wait to be accepted are
   * reset. Not for UNIX sockets.
   */
  public void pause() throws ErrnoException {
    backlog = TcpInfo.of(libc, kept).backlog();
    libc.stopListening(kept);
  }

  /**
   * Clients wait to be accepted again, but not here yet.
   *
   * @throws ErrnoException EADDRINUSE if another process listens at the port by now
   */
  public void resume() throws ErrnoException {
    libc.listen(kept, backlog);
  }

  /**
   * Closes the copy: the listener is gone for good from this process. To do it again is nothing.
   */
  public void release() {
    if (kept >= 0) {
      libc.close(kept);
      kept = NO_DESCRIPTOR;
    }
  }

  /** Whether that is the inode of the real one. */
  public boolean is(long inode) {
    return listener.inode() == inode;
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

  /**
   * Threads that wait on a listener hold on to the old one until they are woken. One that was just
   * about to wait when it was exchanged can't be seen yet, so this is to be done again some time
   * after {@link #detach} and {@link #reattach}.
   *
   * @return false if it can't be seen which they are: there may be no descriptor to look with
   */
  public boolean wakeAcceptors() {
    try {
      WaitingThreads.scan(libc.arch()).interruptOn(libc, listener.descriptors());
      return true;
    } catch (IOException blind) {
      return false;
    }
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
    List<Integer> instances = epolls();
    exclusion.during(
        () -> {
          for (int fd : listener.descriptors()) {
            if (ProcFs.socketInode(fd) == expectedInode) {
              DescriptorSwap.replace(libc, fd, replacement, registrationsOf(fd, instances));
            } // Else the app has closed it, and may have something else at the number by now.
          }
        });
  }

  /** Found before the app has to wait. Those of before, if there is no descriptor to look with. */
  private List<Integer> epolls() throws IOException {
    try {
      epolls = EpollRegistration.instances();
    } catch (IOException blind) {
      if (epolls == null) {
        throw blind;
      }
    }
    return epolls;
  }

  /** Those of before, if there is no descriptor to look with: the app hardly ever changes them. */
  private List<EpollRegistration> registrationsOf(int fd, List<Integer> instances)
      throws IOException {
    try {
      List<EpollRegistration> current = EpollRegistration.of(fd, instances);
      registrations.put(fd, current);
      return current;
    } catch (IOException blind) {
      if (registrations.containsKey(fd)) {
        return registrations.get(fd);
      }
      throw blind;
    }
  }
}
