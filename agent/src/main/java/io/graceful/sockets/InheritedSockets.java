package io.graceful.sockets;

import io.graceful.os.EpollRegistration;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * The listeners that came from the predecessor, or from systemd, until the app's own binds have
 * claimed them. Owns one descriptor for each until {@link #release}.
 */
public final class InheritedSockets {

  private static final class Inherited {
    final ListenerKey key;
    final int fd;
    final long inode;
    final boolean stored;
    int adoptedAs = -1;

    Inherited(ListenerKey key, int fd, boolean stored) {
      this.key = key;
      this.fd = fd;
      this.stored = stored;
      this.inode = ProcFs.socketInode(fd);
    }

    /**
     * An app that probes a port by binding and closing it comes a second time: so adopted means
     * still open.
     */
    boolean isAdopted() {
      return adoptedAs >= 0 && ProcFs.socketInode(adoptedAs) == inode;
    }
  }

  private final Libc libc;
  private final List<Inherited> sockets = new ArrayList<>();
  private Consumer<ListenerKey> onClaim = key -> {};
  private boolean released;

  public InheritedSockets(Libc libc) {
    this.libc = libc;
  }

  /** Takes over the descriptor. */
  public synchronized void add(ListenerKey key, int fd) {
    sockets.add(new Inherited(key, fd, false));
  }

  /** As {@link #add}, of one that an earlier process of the service has left for us. */
  public synchronized void addStored(ListenerKey key, int fd) {
    sockets.add(new Inherited(key, fd, true));
  }

  /** Closes those that an earlier process has left and that the app does not bind any more. */
  public synchronized List<ListenerKey> dropStale() {
    List<ListenerKey> stale = new ArrayList<>();
    for (Iterator<Inherited> each = sockets.iterator(); each.hasNext(); ) {
      Inherited inherited = each.next();
      if (!released && inherited.stored && !inherited.isAdopted()) {
        stale.add(inherited.key);
        libc.close(inherited.fd);
        each.remove();
      }
    }
    return stale;
  }

  /** Told of each claim, on the app's thread that binds. */
  public synchronized void onClaim(Consumer<ListenerKey> listener) {
    onClaim = listener;
  }

  /**
   * Puts an inherited listener in the place of the app's fresh socket, if there is one for it that
   * isn't taken.
   *
   * @param fresh the app's socket, not yet bound; keeps its number, its O_NONBLOCK and its place in
   *     epoll
   * @return false if the app shall bind it itself
   */
  public boolean adopt(ListenerKey key, int fresh) throws IOException {
    Consumer<ListenerKey> listener;
    synchronized (this) {
      Inherited inherited = firstFree(key);
      if (released || inherited == null) {
        return false;
      }
      DescriptorSwap.replace(libc, fresh, inherited.fd, EpollRegistration.of(fresh));
      inherited.adoptedAs = fresh;
      listener = onClaim;
    }
    listener.accept(key);
    return true;
  }

  private Inherited firstFree(ListenerKey key) {
    for (Inherited inherited : sockets) {
      if (inherited.key.equals(key) && !inherited.isAdopted()) {
        return inherited;
      }
    }
    return null;
  }

  /**
   * One that nobody has claimed, at the port of an address that nobody has passed: it was probably
   * meant for it. Null if there is none.
   */
  public synchronized ListenerKey meantFor(ListenerKey key) {
    for (Inherited inherited : sockets) {
      if (!released
          && !inherited.isAdopted()
          && !inherited.key.isUnix()
          && !key.isUnix()
          && inherited.key.port() == key.port()
          && !inherited.key.equals(key)) {
        return inherited.key;
      }
    }
    return null;
  }

  /** Of all, claimed or not, in the order in which they came. */
  public synchronized List<ListenerKey> keys() {
    List<ListenerKey> keys = new ArrayList<>();
    for (Inherited inherited : sockets) {
      keys.add(inherited.key);
    }
    return keys;
  }

  /** Of those that the app has not bound, or has closed again. */
  public synchronized List<ListenerKey> unclaimed() {
    List<ListenerKey> keys = new ArrayList<>();
    for (Inherited inherited : sockets) {
      if (!inherited.isAdopted()) {
        keys.add(inherited.key);
      }
    }
    return keys;
  }

  /** The app's numbers of what it claimed. */
  public synchronized List<Integer> adopted() {
    List<Integer> descriptors = new ArrayList<>();
    for (Inherited inherited : sockets) {
      if (inherited.isAdopted()) {
        descriptors.add(inherited.adoptedAs);
      }
    }
    return descriptors;
  }

  public synchronized boolean hasPaths() {
    for (Inherited inherited : sockets) {
      if (inherited.key.path() != null) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether the file is a listener that came from the predecessor: the app must not unlink what it
   * shall adopt.
   */
  public synchronized boolean keepsPath(String path) {
    for (Inherited inherited : sockets) {
      String own = inherited.key.path();
      if (!released && own != null && new SocketFile(own).isAt(path)) {
        return true;
      }
    }
    return false;
  }

  /** Closes our copies; what the app claimed stays open there. */
  public synchronized void release() {
    if (!released) {
      released = true;
      for (Inherited inherited : sockets) {
        libc.close(inherited.fd);
      }
    }
  }
}
