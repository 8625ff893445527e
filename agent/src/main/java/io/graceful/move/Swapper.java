package io.graceful.move;

import io.graceful.hooks.SharedGuard;
import io.graceful.os.EpollRegistration;
import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.SocketScan;
import io.graceful.sockets.DescriptorSwap;
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

  private static final long GUARD_MILLIS = 500;

  private final Libc libc;
  private final SharedGuard guard;

  Swapper(Libc libc, SharedGuard guard) {
    this.libc = libc;
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
    List<Integer> epolls = epolls();
    if (!guard.tryExclusive(GUARD_MILLIS)) {
      return null;
    }
    List<Taken> taken = new ArrayList<>();
    try (SocketScan sockets = new SocketScan(libc)) {
      BitSet descriptors = new BitSet();
      connections.forEach(connection -> descriptors.set(connection.fd()));
      Map<Integer, List<EpollRegistration>> registrations = byDescriptor(epolls, descriptors);
      for (OpenConnection connection : connections) {
        try {
          if (sockets.inode(connection.fd()) == connection.inode()
              && TcpInfo.of(libc, connection.fd()).isOpen()) {
            taken.add(take(sockets, connection, registrations));
          }
        } catch (ErrnoException failure) {
          if (failure.errno() == ErrnoException.EMFILE) {
            break; // The rest has its turn when others have gone.
          }
        }
      }
    } finally {
      guard.releaseExclusive();
    }
    return taken;
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
      DescriptorSwap.replace(libc, fd, pair[0], entries(registrations, fd, connection.inode()));
      return new Taken(connection, client, pair[1], standIn, past);
    } catch (IOException failure) {
      libc.close(client);
      libc.close(pair[1]);
      throw failure;
    } finally {
      libc.close(pair[0]);
    }
  }

  /**
   * Gives the app its connection back.
   *
   * @return those whose number still was ours; what the app has closed meanwhile is left alone.
   *     Null if the app did not let go of the guard in time
   */
  synchronized List<Interposed> giveBack(List<Interposed> connections) throws IOException {
    List<Integer> epolls = epolls();
    if (!guard.tryExclusive(GUARD_MILLIS)) {
      return null;
    }
    List<Interposed> given = new ArrayList<>();
    try (SocketScan sockets = new SocketScan(libc)) {
      BitSet descriptors = new BitSet();
      connections.forEach(one -> descriptors.set(one.appFd));
      Map<Integer, List<EpollRegistration>> registrations = byDescriptor(epolls, descriptors);
      for (Interposed one : connections) {
        if (sockets.inode(one.appFd) == one.standInInode) {
          DescriptorSwap.replace(
              libc,
              one.appFd,
              one.relayed.socket(),
              entries(registrations, one.appFd, one.standInInode));
          given.add(one);
        }
      }
    } finally {
      guard.releaseExclusive();
    }
    return given;
  }

  /** A duplicate of what the app has instead of its connection; -1 if it has closed that. */
  int standIn(Interposed one) throws IOException {
    int copy = libc.duplicate(one.appFd);
    try (SocketScan sockets = new SocketScan(libc)) {
      if (sockets.inode(copy) == one.standInInode) {
        return copy;
      }
    }
    libc.close(copy);
    return -1;
  }

  /** An app makes none while it serves, so there is no need to look for them under the guard. */
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
