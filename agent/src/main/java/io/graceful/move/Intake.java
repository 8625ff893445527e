package io.graceful.move;

import io.graceful.log.Log;
import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.relay.Observer;
import io.graceful.relay.Relay;
import io.graceful.sockets.ListenerKey;
import io.graceful.sockets.OpenConnection;
import io.graceful.sockets.OpenConnections;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * Finds the app's connections and takes them, as many at a time as the limit of open files allows.
 * Goes on looking: one that the app was just accepting comes late.
 */
final class Intake {

  /**
   * A server sets up a connection right after it has accepted it, with socket options that the
   * stand-in hasn't. It has done so if it has read or written; else it gets this time for it.
   */
  private static final long SET_UP_NANOS = 500_000_000;

  private static final long PAUSE_NANOS = 20_000_000;
  private static final long LONGEST_PAUSE_NANOS = 200_000_000;

  /** Exchanged under one hold of the guard: about 20 ms. */
  private static final int MOST_AT_ONCE = 500;

  private static final int DESCRIPTORS_EACH = 2;

  /** What the app may need for itself meanwhile. */
  private static final long SPARE_DESCRIPTORS = 128;

  private final Libc libc;
  private final Log log;
  private final Relay relay;
  private final Swapper swapper;
  private final OpenConnections connections;
  private final LongPredicate isHeld;
  private final List<Batch> batches = new ArrayList<>();
  private final Map<Long, Long> firstSeen = new HashMap<>();
  private final Set<Long> leftAlone = new HashSet<>();
  private long next = System.nanoTime();
  private long pause = PAUSE_NANOS;
  private boolean hasSeenAll;

  /**
   * @param isHeld says of a socket's inode that it was taken already
   */
  Intake(
      Libc libc,
      Log log,
      Relay relay,
      Swapper swapper,
      Collection<ListenerKey> listeners,
      LongPredicate isHeld) {
    this.libc = libc;
    this.log = log;
    this.relay = relay;
    this.swapper = swapper;
    this.connections = new OpenConnections(libc, listeners);
    this.isHeld = isHeld;
  }

  /** Whether there was a moment at which nothing was left to take. */
  boolean hasSeenAll() {
    return hasSeenAll;
  }

  /** Takes more, if it is time to look again; the caller owns what was taken. */
  List<Interposed> take(Observer observer) throws IOException {
    if (System.nanoTime() < next) {
      return new ArrayList<>();
    }
    List<OpenConnection> mature = new ArrayList<>();
    int left = scan(mature);
    int room = room();
    List<Interposed> taken = new ArrayList<>();
    if (!mature.isEmpty() && room > 0) {
      taken = take(mature.subList(0, Math.min(mature.size(), room)), observer);
    }
    left -= taken.size();
    boolean stuck = room == 0 && batches.isEmpty();
    hasSeenAll = hasSeenAll || left == 0 || stuck;
    pause = left > 0 ? PAUSE_NANOS : Math.min(LONGEST_PAUSE_NANOS, pause * 2);
    next = System.nanoTime() + (taken.size() == room && left > 0 ? 0 : pause);
    return taken;
  }

  /**
   * @param mature gets those that can be taken
   * @return how many there are, with those that can't yet
   */
  private int scan(List<OpenConnection> mature) throws IOException {
    long now = System.nanoTime();
    Set<Long> open = new HashSet<>();
    for (OpenConnection connection : connections.scan()) {
      long inode = connection.inode();
      if (isHeld.test(inode) || leftAlone.contains(inode)) {
        continue;
      }
      open.add(inode);
      Long seen = firstSeen.putIfAbsent(inode, now);
      if (seen != null && (now - seen >= SET_UP_NANOS || isInUse(connection))) {
        mature.add(connection);
      }
    }
    firstSeen.keySet().retainAll(open);
    return open.size();
  }

  private boolean isInUse(OpenConnection connection) {
    try {
      return !Past.of(libc, connection.fd()).isFresh();
    } catch (ErrnoException closedMeanwhile) {
      return false;
    }
  }

  private int room() throws IOException {
    long free = ProcFs.openFilesLimit() - ProcFs.openDescriptors().size() - SPARE_DESCRIPTORS;
    return (int) Math.max(0, Math.min(MOST_AT_ONCE, free / DESCRIPTORS_EACH));
  }

  private List<Interposed> take(List<OpenConnection> chosen, Observer observer) throws IOException {
    List<Interposed> batch = new ArrayList<>();
    List<Swapper.Taken> taken = swapper.take(chosen);
    if (taken == null) {
      log.debug("the application is closing connections: next try soon");
      return batch;
    }
    for (Swapper.Taken one : taken) {
      batch.add(
          new Interposed(
              one.connection,
              one.standInInode,
              one.past,
              relay.add(one.client, one.app, one.past.history(), observer, true)));
    }
    batches.add(new Batch(libc, batch));
    return new ArrayList<>(batch);
  }

  /** Those with which no thread of the app is busy directly any more. */
  List<Interposed> settled() throws IOException {
    List<Interposed> settled = new ArrayList<>();
    for (Iterator<Batch> i = batches.iterator(); i.hasNext(); ) {
      Batch batch = i.next();
      settled.addAll(batch.settled());
      if (batch.isDone()) {
        i.remove();
      }
    }
    return settled;
  }

  /** Those with a thread that does not come back. They are to be returned, and not taken again. */
  List<Interposed> stuck() {
    List<Interposed> stuck = new ArrayList<>();
    for (Batch batch : batches) {
      stuck.addAll(batch.giveUp());
    }
    for (Interposed one : stuck) {
      leftAlone.add(one.clientInode);
    }
    return stuck;
  }
}
