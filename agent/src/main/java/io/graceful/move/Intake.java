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
import io.graceful.sockets.TcpInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.IntSupplier;
import java.util.function.LongPredicate;

/**
 * Finds the app's connections and takes them, as many at a time as the limit of open files allows.
 * Goes on looking: one that the app was just accepting comes late.
 *
 * <p>To look, and to exchange what was found, takes long enough to be felt by those that are
 * relayed meanwhile. So another thread does it, one search at a time; the results are picked up on
 * the relay's thread, where all else is done.
 */
final class Intake {

  /**
   * A server sets up a connection right after it has accepted it, with socket options that the
   * stand-in hasn't. It has done so if it has read or written; else it gets this time for it.
   */
  private static final long SET_UP_NANOS = 500_000_000;

  private static final long PAUSE_NANOS = 20_000_000;
  private static final long LONGEST_PAUSE_NANOS = 200_000_000;

  /**
   * Exchanged under one hold of the guard: about 15 ms. Where they don't fit, room for so many is
   * waited for, as each exchange has its price: the epoll instances are read, and the threads
   * looked at.
   */
  private static final int AT_ONCE = 500;

  /** For room; then it is as many as fit. */
  private static final long PATIENCE_NANOS = 500_000_000;

  private static final int DESCRIPTORS_EACH = 2;

  /** What the app may need for itself meanwhile; where few are free, a part of them. */
  private static final long SPARE_DESCRIPTORS = 128;

  private static final int SPARE_SHARE = 4;

  /** Before the first look. */
  private static final int UNKNOWN = -1;

  private final Libc libc;
  private final Log log;
  private final Relay relay;
  private final Swapper swapper;
  private final OpenConnections connections;
  private final LongPredicate isHeld;
  private final IntSupplier held;
  private final List<Batch> batches = new ArrayList<>();

  /**
   * Those that a thread of the app would not let go of, by inode. It may have been one that got no
   * CPU, so they are tried again.
   */
  private final Map<Long, Pause> leftAlone = new ConcurrentHashMap<>();

  /** Those that the relay could not have, and that the app has not got back yet. */
  private final List<Swapper.Taken> homeless = new ArrayList<>();

  private final ExecutorService searcher;

  /** Null while there is none. */
  private Future<List<Swapper.Taken>> search;

  private boolean stopped;
  private boolean hasSeenAll;

  // Of the search in progress, if there is one.

  private final Map<Long, Long> firstSeen = new HashMap<>();

  /** Seen at the last look, and not taken yet. */
  private final List<OpenConnection> mature = new ArrayList<>();

  /** How many there were at the last look, with those that can't be taken yet. */
  private int open = UNKNOWN;

  /** For how many connections there are descriptors, as of the last look. */
  private int capacity;

  /** And how many more. */
  private int room;

  private long lastTaken = System.nanoTime();
  private long next = System.nanoTime();
  private long pause = PAUSE_NANOS;

  /**
   * @param searcher the thread for searches
   * @param isHeld says of a socket's inode that it was taken already
   * @param held how many are in the relay's hands
   * @param before what was to be done last time, which may not be over; or null
   */
  Intake(
      Libc libc,
      Log log,
      Relay relay,
      Swapper swapper,
      ExecutorService searcher,
      Collection<ListenerKey> listeners,
      LongPredicate isHeld,
      IntSupplier held,
      Intake before) {
    this.libc = libc;
    this.log = log;
    this.relay = relay;
    this.swapper = swapper;
    this.searcher = searcher;
    this.connections = new OpenConnections(libc, listeners);
    this.isHeld = isHeld;
    this.held = held;
    if (before != null) {
      this.search = before.search;
      this.homeless.addAll(before.homeless);
      this.batches.addAll(before.batches);
    }
  }

  /** Whether there was a moment at which nothing was left to take. */
  boolean hasSeenAll() {
    return hasSeenAll;
  }

  /** No search begins from now on; one may be going on. */
  void stop() {
    stopped = true;
  }

  /** Whether there may be more of the app's that is in nobody's list yet. */
  boolean isSearching() {
    return search != null || !homeless.isEmpty();
  }

  /** Takes more, if it is time to look again; the caller owns what was taken. */
  List<Interposed> take(Observer observer) throws IOException {
    if (search == null && !stopped && System.nanoTime() >= next) {
      search = searcher.submit(this::search);
    }
    if (!homeless.isEmpty()) {
      List<Swapper.Taken> again = new ArrayList<>(homeless);
      homeless.clear();
      return add(again, observer);
    }
    if (search == null || !search.isDone()) {
      return new ArrayList<>();
    }
    Future<List<Swapper.Taken>> done = search;
    search = null;
    List<Swapper.Taken> taken = result(done);
    hasSeenAll |= open == 0;
    return taken.isEmpty() ? new ArrayList<>() : add(taken, observer);
  }

  private static List<Swapper.Taken> result(Future<List<Swapper.Taken>> done) throws IOException {
    try {
      return done.get();
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof IOException) {
        throw (IOException) failure.getCause();
      }
      throw new IllegalStateException("a search failed: " + failure.getCause(), failure);
    } catch (InterruptedException impossible) {
      throw new IllegalStateException("interrupted without waiting", impossible);
    }
  }

  private List<Interposed> add(List<Swapper.Taken> taken, Observer observer) {
    List<Interposed> batch = new ArrayList<>();
    for (Swapper.Taken one : taken) {
      try {
        batch.add(
            new Interposed(
                one.connection,
                one.standInInode,
                one.past,
                relay.add(one.client, one.app, one.past.history(), observer, true)));
      } catch (IOException | RuntimeException failure) {
        undo(one, failure);
      }
    }
    batches.add(new Batch(libc, batch));
    log.debug("took connections from the application: " + batch.size());
    return new ArrayList<>(batch);
  }

  /** Those of epoll's entries are limited, too (epoll(7), max_user_watches). */
  private void undo(Swapper.Taken one, Exception why) {
    try {
      swapper.undo(one);
      long inode = one.connection.inode();
      leftAlone.compute(inode, (key, last) -> Pause.after(last));
      log.debug("a connection stays with the application: " + why.getMessage());
    } catch (IOException | RuntimeException failure) {
      homeless.add(one); // And once more, at the next tick.
    }
  }

  /** On the searcher's thread. */
  private List<Swapper.Taken> search() throws IOException {
    try {
      if (mature.isEmpty()) {
        look();
      }
      room = Math.max(0, capacity - held.getAsInt());
      int wanted = Math.min(mature.size(), AT_ONCE);
      int fit = Math.min(wanted, room);
      if (fit > 0 && (fit == wanted || isLongAgo())) {
        return exchange(mature.subList(0, fit));
      }
    } catch (IOException | RuntimeException failure) {
      rest();
      throw failure;
    }
    rest();
    return new ArrayList<>();
  }

  private void look() throws IOException {
    long others;
    try (SocketScan sockets = new SocketScan(libc)) {
      open = scan(sockets);
      others = sockets.descriptors() - DESCRIPTORS_EACH * held.getAsInt();
    }
    capacity = capacity(ProcFs.openFilesLimit() - others);
    pause = open > 0 ? PAUSE_NANOS : Math.min(LONGEST_PAUSE_NANOS, pause * 2);
  }

  private boolean isLongAgo() {
    return System.nanoTime() - lastTaken >= PATIENCE_NANOS;
  }

  private void rest() {
    next = System.nanoTime() + pause;
  }

  /**
   * For how many connections there are descriptors: for one at a time where there are hardly any.
   *
   * @param free by nobody but the connections in our hands
   */
  static int capacity(long free) {
    long spare = Math.min(SPARE_DESCRIPTORS, free / SPARE_SHARE);
    long fit = (free - spare) / DESCRIPTORS_EACH;
    return (int) Math.max(0, Math.min(Integer.MAX_VALUE, fit));
  }

  /** Returns how many there are, with those that can't be taken yet. */
  private int scan(SocketScan sockets) throws IOException {
    long now = System.nanoTime();
    Set<Long> inodes = new HashSet<>();
    for (OpenConnection connection :
        connections.scan(sockets, inode -> isHeld.test(inode) || isLeftAlone(inode))) {
      if (isOver(connection)) {
        continue; // The app may keep its descriptor as long as it likes.
      }
      long inode = connection.inode();
      inodes.add(inode);
      Long seen = firstSeen.putIfAbsent(inode, now);
      if (seen != null && (now - seen >= SET_UP_NANOS || isInUse(connection))) {
        mature.add(connection);
      }
    }
    firstSeen.keySet().retainAll(inodes);
    return inodes.size();
  }

  private boolean isLeftAlone(long inode) {
    Pause pause = leftAlone.get(inode);
    return pause != null && !pause.isOver();
  }

  private boolean isOver(OpenConnection connection) {
    try {
      return TcpInfo.of(libc, connection.fd()).isOver();
    } catch (ErrnoException closedMeanwhile) {
      return true;
    }
  }

  private boolean isInUse(OpenConnection connection) {
    try {
      return !Past.of(libc, connection.fd()).isFresh();
    } catch (ErrnoException closedMeanwhile) {
      return false;
    }
  }

  private List<Swapper.Taken> exchange(List<OpenConnection> chosen) throws IOException {
    lastTaken = System.nanoTime();
    List<Swapper.Taken> taken = swapper.take(chosen);
    if (taken == null) {
      log.debug("the application is closing connections: next try soon");
      rest();
      return new ArrayList<>();
    }
    chosen.clear(); // Who is not among those taken has ended, or will be seen again.
    taken.forEach(one -> firstSeen.remove(one.connection.inode()));
    return taken;
  }

  /** Those with which no thread of the app is busy directly any more. */
  List<Interposed> settled() {
    List<Interposed> settled = new ArrayList<>();
    for (Iterator<Batch> i = batches.iterator(); i.hasNext(); ) {
      Batch batch = i.next();
      try {
        settled.addAll(batch.settled());
      } catch (IOException unreadable) {
        log.debug("can't look at the application's threads: " + unreadable.getMessage());
      }
      if (batch.isDone()) {
        i.remove();
      }
    }
    return settled;
  }

  /** Those with a thread that does not come back. They are to be returned, for a while. */
  List<Interposed> stuck() {
    List<Interposed> stuck = new ArrayList<>();
    for (Batch batch : batches) {
      stuck.addAll(batch.giveUp());
    }
    for (Interposed one : stuck) {
      leftAlone.compute(one.clientInode, (inode, last) -> Pause.after(last));
    }
    return stuck;
  }
}
