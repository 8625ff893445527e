package io.graceful.move;

import io.graceful.log.Log;
import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.os.SocketScan;
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
import java.util.function.IntSupplier;
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

  /** Exchanged under one hold of the guard: about 30 ms. */
  private static final int MOST_AT_ONCE = 1000;

  /**
   * Where they don't fit all at once. Each batch has its price: all descriptors are listed, the
   * epoll instances read, and the threads looked at.
   */
  private static final int LEAST_AT_ONCE = 1000;

  /** For as many to fit; then it is as many as do. */
  private static final long PATIENCE_NANOS = 500_000_000;

  private static final int DESCRIPTORS_EACH = 2;

  /** What the app may need for itself meanwhile. */
  private static final long SPARE_DESCRIPTORS = 128;

  private final Libc libc;
  private final Log log;
  private final Relay relay;
  private final Swapper swapper;
  private final OpenConnections connections;
  private final LongPredicate isHeld;
  private final IntSupplier held;
  private final List<Batch> batches = new ArrayList<>();
  private final Map<Long, Long> firstSeen = new HashMap<>();
  private final Set<Long> leftAlone = new HashSet<>();

  /** Seen at the last look, and not taken yet. */
  private final List<OpenConnection> mature = new ArrayList<>();

  /** For how many connections there are descriptors, as of the last look. */
  private int capacity;

  private long lastTaken = System.nanoTime();

  private long next = System.nanoTime();
  private long pause = PAUSE_NANOS;
  private boolean hasSeenAll;

  /**
   * @param isHeld says of a socket's inode that it was taken already
   * @param held how many are in the relay's hands
   */
  Intake(
      Libc libc,
      Log log,
      Relay relay,
      Swapper swapper,
      Collection<ListenerKey> listeners,
      LongPredicate isHeld,
      IntSupplier held) {
    this.libc = libc;
    this.log = log;
    this.relay = relay;
    this.swapper = swapper;
    this.connections = new OpenConnections(libc, listeners);
    this.isHeld = isHeld;
    this.held = held;
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
    if (mature.isEmpty()) {
      look();
    }
    int room = Math.max(0, capacity - held.getAsInt());
    hasSeenAll = hasSeenAll || room == 0 && batches.isEmpty();
    if (mature.isEmpty() || room < Math.min(mature.size(), LEAST_AT_ONCE) && !isLongAgo()) {
      rest();
      return new ArrayList<>();
    }
    return take(mature.subList(0, Math.min(mature.size(), Math.min(room, MOST_AT_ONCE))), observer);
  }

  private void look() throws IOException {
    int open;
    long others;
    try (SocketScan sockets = new SocketScan(libc)) {
      open = scan(sockets);
      others = sockets.descriptors() - DESCRIPTORS_EACH * held.getAsInt();
    }
    long free = ProcFs.openFilesLimit() - SPARE_DESCRIPTORS - others;
    capacity = (int) Math.max(0, Math.min(Integer.MAX_VALUE, free / DESCRIPTORS_EACH));
    hasSeenAll = hasSeenAll || open == 0;
    pause = open > 0 ? PAUSE_NANOS : Math.min(LONGEST_PAUSE_NANOS, pause * 2);
  }

  private boolean isLongAgo() {
    return System.nanoTime() - lastTaken >= PATIENCE_NANOS;
  }

  private void rest() {
    next = System.nanoTime() + pause;
  }

  /** Returns how many there are, with those that can't be taken yet. */
  private int scan(SocketScan sockets) throws IOException {
    long now = System.nanoTime();
    Set<Long> open = new HashSet<>();
    for (OpenConnection connection :
        connections.scan(sockets, inode -> isHeld.test(inode) || leftAlone.contains(inode))) {
      long inode = connection.inode();
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

  private List<Interposed> take(List<OpenConnection> chosen, Observer observer) throws IOException {
    List<Interposed> batch = new ArrayList<>();
    lastTaken = System.nanoTime();
    List<Swapper.Taken> taken = swapper.take(chosen);
    if (taken == null) {
      log.debug("the application is closing connections: next try soon");
      rest();
      return batch;
    }
    chosen.clear(); // Who is not among those taken has ended, or will be seen again.
    for (Swapper.Taken one : taken) {
      batch.add(
          new Interposed(
              one.connection,
              one.standInInode,
              one.past,
              relay.add(one.client, one.app, one.past.history(), observer, true)));
    }
    batches.add(new Batch(libc, batch));
    log.debug("took connections from the application: " + batch.size());
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
