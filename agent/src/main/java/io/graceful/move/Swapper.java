package io.graceful.move;

import io.graceful.hooks.SharedGuard;
import io.graceful.log.Log;
import io.graceful.os.EpollRegistration;
import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.NativeMemory;
import io.graceful.os.SocketIo;
import io.graceful.os.SocketScan;
import io.graceful.sockets.DescriptorSwap;
import io.graceful.sockets.InFlightCalls;
import io.graceful.sockets.OpenConnection;
import io.graceful.sockets.TcpInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Exchanges what the app's numbers refer to: a connection for one end of a socket pair, and back.
 * The guard keeps the app from closing a number, or changing its place in epoll, meanwhile. One
 * exchange at a time.
 */
final class Swapper {

  /** Meanwhile the app's threads wait that close something. */
  private static final long GUARD_MILLIS = 20;

  private static final int PIECE_BYTES = 8 * 1024;

  /** In which the app may have made another epoll instance. */
  private static final long LONG_WAIT_NANOS = 1_000_000;

  private final Libc libc;
  private final Log log;
  private final SharedGuard guard;
  private final GuardTurn turn = new GuardTurn();

  Swapper(Libc libc, Log log, SharedGuard guard) {
    this.libc = libc;
    this.log = log;
    this.guard = guard;
  }

  /** What was under the app's number until now, and the far end of what is there instead. */
  static final class Taken {
    final OpenConnection connection;
    final int client;
    final int app;
    final long standInInode;
    final Past past;

    Taken(OpenConnection connection, int client, int app, long standInInode, Past past) {
      this.connection = connection;
      this.client = client;
      this.app = app;
      this.standInInode = standInInode;
      this.past = past;
    }
  }

  /**
   * Takes those that are still there and open. The caller closes both descriptors of each.
   *
   * @return null if the app did not let go of the guard in time: nothing has changed then
   */
  synchronized List<Taken> take(List<OpenConnection> connections) throws IOException {
    BitSet descriptors = new BitSet();
    connections.forEach(connection -> descriptors.set(connection.fd()));
    Held held = hold(descriptors);
    if (held == null) {
      return null;
    }
    List<Taken> taken = new ArrayList<>();
    try {
      for (OpenConnection connection : connections) {
        try {
          if (held.sockets.inode(connection.fd()) == connection.inode()
              && TcpInfo.of(libc, connection.fd()).isOpen()) {
            taken.add(take(held.sockets, connection, held.registrations));
          }
        } catch (IOException | RuntimeException failure) {
          if (isFull(failure)) {
            break; // The rest has its turn when others have gone.
          }
          log.debug("can't take descriptor " + connection.fd() + ": " + failure.getMessage());
        }
      }
    } finally {
      held.release();
    }
    return taken;
  }

  private static boolean isFull(Exception failure) {
    return failure instanceof ErrnoException
        && ((ErrnoException) failure).errno() == ErrnoException.EMFILE;
  }

  private Taken take(
      SocketScan sockets,
      OpenConnection connection,
      Map<Integer, List<EpollRegistration>> registrations)
      throws IOException {
    int fd = connection.fd();
    int client = libc.duplicate(fd);
    int[] pair;
    try {
      pair = libc.streamPair();
    } catch (ErrnoException full) {
      libc.close(client);
      throw full;
    }
    try {
      Past past = Past.of(libc, client);
      long standIn = sockets.inode(pair[0]);
      try {
        DescriptorSwap.replace(libc, fd, pair[0], entries(registrations, fd, connection.inode()));
      } catch (IOException failure) {
        if (sockets.inode(fd) != standIn) {
          throw failure;
        }
        log.debug("exchanged descriptor " + fd + ", but: " + failure.getMessage());
      }
      return new Taken(connection, client, pair[1], standIn, past);
    } catch (IOException | RuntimeException | Error failure) {
      libc.close(client);
      libc.close(pair[1]);
      throw failure;
    } finally {
      libc.close(pair[0]);
    }
  }

  /**
   * Puts a plug in the place of each stand-in: from now on the app can write nothing more, and
   * reads nothing, until it gets its connection back.
   *
   * @return those for which that worked. What the app has closed meanwhile is left alone; none if
   *     the app did not let go of the guard in time
   */
  synchronized List<Interposed> plug(List<Interposed> connections) throws IOException {
    List<Interposed> plugged = new ArrayList<>();
    if (!turn.isNow()) {
      return plugged;
    }
    List<Plug> plugs = new ArrayList<>();
    try (SocketScan sockets = new SocketScan(libc)) {
      openPlugs(plugs, connections.size(), sockets);
      List<Interposed> chosen = connections.subList(0, plugs.size());
      Held held = plugs.isEmpty() ? null : holdFor(chosen);
      if (held == null) {
        return plugged;
      }
      try {
        for (Interposed one : chosen) {
          Plug plug = plugs.get(plugs.size() - 1);
          if (held.replace(one, one.standInInode, plug.descriptor(), plug.inode)) {
            plugs.remove(plugs.size() - 1);
            one.plugWith(plug);
            plugged.add(one);
          }
        }
      } finally {
        held.release();
      }
    } finally {
      plugs.forEach(Plug::close);
    }
    return plugged;
  }

  private void openPlugs(List<Plug> plugs, int count, SocketScan sockets) throws IOException {
    for (int i = 0; i < count; i++) {
      try {
        plugs.add(Plug.open(libc, sockets));
      } catch (ErrnoException full) {
        return; // The others have their turn when there is room again.
      }
    }
  }

  /** What became of connections that were to be given back. */
  static final class Given {
    final List<Interposed> back = new ArrayList<>();

    /** The app has closed its plug. */
    final List<Interposed> closed = new ArrayList<>();
  }

  /**
   * Gives the app its connections back, in place of the plugs. Those that are in neither list are
   * still plugged: the app did not let go of the guard in time, or it did not work.
   */
  synchronized Given giveBack(List<Interposed> connections) throws IOException {
    Given given = new Given();
    Held held = holdFor(connections);
    if (held == null) {
      return given;
    }
    try {
      for (Interposed one : connections) {
        long plug = one.plug().inode;
        if (held.replace(one, plug, one.relayed.socket(), one.clientInode)) {
          given.back.add(one);
        } else if (held.inode(one) != plug) {
          given.closed.add(one);
        }
      }
    } finally {
      held.release();
    }
    return given;
  }

  private Held holdFor(List<Interposed> connections) throws IOException {
    BitSet descriptors = new BitSet();
    connections.forEach(one -> descriptors.set(one.appFd));
    return hold(descriptors);
  }

  /** Null if the app does not let go of the guard now. */
  private Held hold(BitSet descriptors) throws IOException {
    if (!turn.isNow()) {
      return null;
    }
    List<Integer> epolls = epolls();
    long begin = System.nanoTime();
    if (!guard.tryExclusive(GUARD_MILLIS)) {
      turn.failed();
      return null;
    }
    turn.succeeded();
    try {
      boolean waited = System.nanoTime() - begin >= LONG_WAIT_NANOS;
      return new Held(waited ? epolls() : epolls, descriptors);
    } catch (IOException | RuntimeException | Error failure) {
      guard.releaseExclusive();
      throw failure;
    }
  }

  /** The time in which the app closes no number, and changes none of its places in epoll. */
  private final class Held {
    private final SocketScan sockets = new SocketScan(libc);
    private final Map<Integer, List<EpollRegistration>> registrations;

    Held(List<Integer> epolls, BitSet descriptors) throws IOException {
      registrations = byDescriptor(epolls, descriptors);
    }

    long inode(Interposed one) {
      return sockets.inode(one.appFd);
    }

    /**
     * @return whether the app has the other one now; it may have closed its number meanwhile, or it
     *     did not work, and it still has what it had
     */
    boolean replace(Interposed one, long before, int by, long after) {
      try {
        if (inode(one) != before) {
          return false;
        }
        libc.setNonBlocking(by, libc.isNonBlocking(one.appFd));
        DescriptorSwap.replace(libc, one.appFd, by, entries(registrations, one.appFd, before));
      } catch (IOException | RuntimeException failure) {
        log.debug("can't exchange descriptor " + one.appFd + ": " + failure.getMessage());
      }
      return inode(one) == after;
    }

    void release() {
      sockets.close();
      guard.releaseExclusive();
    }
  }

  /**
   * Undoes {@link #take}, of a connection that can't be relayed. Nothing was read from it; what the
   * app has written since goes before what it writes next.
   *
   * @throws IOException if nothing has changed
   */
  synchronized void undo(Taken one) throws IOException {
    int fd = one.connection.fd();
    BitSet descriptors = new BitSet();
    descriptors.set(fd);
    Held held = hold(descriptors);
    if (held == null) {
      throw new IOException("the application does not let go of descriptor " + fd);
    }
    try {
      pass(one);
      if (held.sockets.inode(fd) == one.standInInode) {
        DescriptorSwap.replace(
            libc, fd, one.client, entries(held.registrations, fd, one.standInInode));
      }
      pass(one);
    } finally {
      held.release();
    }
    libc.close(one.client);
    new InFlightCalls(libc, Collections.singleton(fd)).interrupt();
    libc.close(one.app);
  }

  private void pass(Taken one) throws IOException {
    try (SocketIo io = new SocketIo(libc);
        NativeMemory buffer = new NativeMemory(PIECE_BYTES)) {
      for (int count = io.peek(one.app, buffer, PIECE_BYTES);
          count > 0;
          count = io.peek(one.app, buffer, PIECE_BYTES)) {
        int sent = io.send(one.client, buffer, 0, count);
        if (sent == -ErrnoException.EAGAIN) {
          throw new IOException("the client does not take what the application has sent");
        }
        io.receive(one.app, buffer, sent < 0 ? count : sent);
      }
    }
  }

  /** A duplicate of what the app has instead of its connection; -1 if it has closed that. */
  int standIn(Interposed one) throws IOException {
    try (SocketScan sockets = new SocketScan(libc)) {
      // Not even a duplicate of what is another's: to close that of a file drops its locks.
      if (sockets.inode(one.appFd) != one.standInInode) {
        return -1;
      }
      int copy = libc.duplicate(one.appFd);
      if (sockets.inode(copy) == one.standInInode) {
        return copy;
      }
      libc.close(copy);
      return -1;
    }
  }

  /** An app seldom makes one while it serves: they are looked for before the guard is held. */
  private List<Integer> epolls() throws IOException {
    try (SocketScan sockets = new SocketScan(libc)) {
      return EpollRegistration.instances(sockets);
    }
  }

  private static Map<Integer, List<EpollRegistration>> byDescriptor(
      List<Integer> epolls, BitSet descriptors) throws IOException {
    Map<Integer, List<EpollRegistration>> byDescriptor = new HashMap<>();
    for (EpollRegistration entry : EpollRegistration.in(epolls, descriptors::get)) {
      byDescriptor.computeIfAbsent(entry.fd(), fd -> new ArrayList<>(1)).add(entry);
    }
    return byDescriptor;
  }

  private static List<EpollRegistration> entries(
      Map<Integer, List<EpollRegistration>> registrations, int fd, long inode) {
    List<EpollRegistration> all = registrations.getOrDefault(fd, Collections.emptyList());
    List<EpollRegistration> current = new ArrayList<>(all.size());
    for (EpollRegistration entry : all) {
      if (entry.isFor(inode)) {
        current.add(entry);
      }
    }
    return current;
  }
}
