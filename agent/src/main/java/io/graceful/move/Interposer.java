package io.graceful.move;

import io.graceful.config.MovePolicy;
import io.graceful.drain.Drain;
import io.graceful.hooks.SharedGuard;
import io.graceful.log.Log;
import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.TcpSockets;
import io.graceful.relay.Connection;
import io.graceful.relay.End;
import io.graceful.relay.History;
import io.graceful.relay.Observer;
import io.graceful.relay.Relay;
import io.graceful.sockets.ListenerKey;
import io.graceful.sockets.WaitingThreads;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Takes the open connections of the handed-over listeners from the app, in a predecessor, and sends
 * each to the successor as soon as nothing of it is in the app: between two requests. What can't
 * move is relayed until it ends.
 *
 * <p>Everything but the public methods runs on the relay's thread.
 */
public final class Interposer implements Observer {

  /** Sends a connection to the successor; both keep it until that one's app has accepted it. */
  public interface Successor {
    void send(int id, ListenerKey listener, int client) throws IOException;
  }

  private static final long TICK_MILLIS = 2;
  private static final long PUBLISH_NANOS = 10_000_000;
  private static final long GIVE_BACK_NANOS = 1_000_000_000;

  /**
   * For the successor to say what became of those on their way: it has 1 s for its app to accept.
   */
  private static final long ANSWER_NANOS = 1_200_000_000;

  /** Far longer than between two searches. */
  private static final long SEARCHER_IDLES_SECONDS = 5;

  private final Libc libc;
  private final Log log;
  private final Swapper swapper;
  private final MovePolicy policy;

  private final ThreadPoolExecutor searcher =
      new ThreadPoolExecutor(
          1,
          1,
          SEARCHER_IDLES_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Interposer::searcherThread);

  /** From a handover until nothing of it is left here; null at other times. */
  private volatile Relay relay;

  /** Whether there may be more to come for the relay. */
  private boolean inUse;

  /** Tasks that the relay's thread has not done yet. */
  private int posted;

  private final Map<Connection, Interposed> all = new HashMap<>();

  /** Of what is in our hands. */
  private final Set<Long> clientInodes = ConcurrentHashMap.newKeySet();

  private final IdleConnections idle;
  private final Tally tally = new Tally();

  /** Both null while there is no successor to move to. */
  private Intake intake;

  private Departures departures;

  /** While there are ticks, else null. */
  private Returns returns;

  /** Those with a thread of the app that does not come back: the app is to have them again. */
  private final List<Interposed> stuck = new ArrayList<>();

  private boolean ticking;
  private boolean troubled;
  private long nextPublish;
  private Consumer<String> whenFinished;
  private long giveBackUntil;
  private volatile Drain.Census census = new Drain.Census(0, 0);

  /** The tally's, for other threads. */
  private volatile int moved;

  /**
   * @param quietMillis see {@link io.graceful.config.Option#DRAIN_QUIET}
   */
  Interposer(Libc libc, Log log, Swapper swapper, MovePolicy policy, long quietMillis) {
    this.libc = libc;
    this.log = log;
    this.swapper = swapper;
    this.policy = policy;
    this.idle = new IdleConnections(libc, quietMillis);
    searcher.allowCoreThreadTimeOut(true);
  }

  private static Thread searcherThread(Runnable searches) {
    Thread thread = new Thread(searches, "graceful-intake");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Gets ready to take connections.
   *
   * @throws IOException if the JDK is not as expected: then they can't be taken
   */
  public static Interposer start(
      Libc libc, Log log, SharedGuard guard, MovePolicy policy, long quietMillis)
      throws IOException {
    WaitingThreads.prepareInterrupts();
    return new Interposer(libc, log, new Swapper(libc, log, guard), policy, quietMillis);
  }

  private synchronized void startRelay() throws IOException {
    inUse = true;
    if (relay == null) {
      Relay started =
          new Relay(libc, failure -> log.error("trouble while relaying connections: " + failure));
      Thread thread = new Thread(started, "graceful-relay");
      thread.setDaemon(true);
      thread.start();
      relay = started;
      searcher.prestartCoreThread();
    }
  }

  private synchronized void stopRelayIfIdle() {
    if (!inUse && !ticking && posted == 0) {
      relay.stop();
      relay = null;
    }
  }

  /** Returns false if there is no relay, and nothing to do. */
  private synchronized boolean post(Runnable task) {
    if (relay == null) {
      return false;
    }
    posted++;
    relay.post(() -> run(task));
    return true;
  }

  private void run(Runnable task) {
    try {
      task.run();
    } finally {
      synchronized (this) {
        posted--;
      }
      stopRelayIfIdle();
    }
  }

  /** From now on the app's connections of these listeners are taken, and go to the successor. */
  public void begin(Collection<ListenerKey> listeners, Successor successor) throws IOException {
    startRelay();
    moved = 0;
    census = new Drain.Census(1, 0); // Nothing is known yet: don't take that for nothing to do.
    Set<ListenerKey> moving = new LinkedHashSet<>();
    for (ListenerKey key : listeners) {
      if (!key.isUnix() && policy.moves(key.port())) {
        moving.add(key);
      }
    }
    post(
        () -> {
          intake =
              new Intake(
                  libc,
                  log,
                  relay,
                  swapper,
                  searcher,
                  moving,
                  clientInodes::contains,
                  clientInodes::size,
                  intake);
          departures = new Departures(libc, log, successor);
          whenFinished = null;
          troubled = false;
          tally.clear();
          startTicking();
        });
  }

  /** The successor's app has accepted it. */
  public void taken(int id) {
    long now = System.nanoTime();
    post(
        () -> {
          Interposed one = departures == null ? null : departures.arrived(id, now);
          if (one != null) {
            letGo(one);
            sendIdle();
          }
        });
  }

  /** The successor has heard a client of this listener. */
  public void speaksHttp(ListenerKey listener) {
    post(() -> idle.speaksHttp(listener));
  }

  /** The successor could not hand it to its app. */
  public void rejected(int id, String reason) {
    post(
        () -> {
          Interposed one = departures == null ? null : departures.arrived(id, System.nanoTime());
          if (one != null) {
            log.debug("a connection of " + one.listener + " did not move: " + reason);
            one.wasRejected();
            goOnHere(one);
          }
        });
  }

  /**
   * The successor is gone: the app gets back what has not moved, as soon as it is quiet.
   *
   * @param whenKnown gets what became of the connections, in words, on the relay's thread; empty if
   *     there were none to move
   */
  public void cancel(Consumer<String> whenKnown) {
    synchronized (this) {
      inUse = false;
    }
    moveNoMore(whenKnown);
  }

  /** As {@link #cancel(Consumer)}, where {@link #finish} is yet to come. */
  public void moveNoMore() {
    moveNoMore(words -> {});
  }

  private void moveNoMore(Consumer<String> whenKnown) {
    boolean isRelaying =
        post(
            () -> {
              boolean wasMoving = departures != null;
              if (wasMoving) {
                departures.takeSent().forEach(this::goOnOrLose);
              }
              departures = null;
              String words = wasMoving ? tally.takenBack(all.size()) : "";
              stopMoving();
              whenKnown.accept(words);
            });
    if (!isRelaying) {
      whenKnown.accept("");
    }
  }

  /**
   * The end of the drain: what is left goes back to the app, which shall say good-bye in its own
   * way.
   *
   * @param whenDone gets the summary, on the relay's thread
   */
  public void finish(Consumer<String> whenDone) {
    post(
        () -> {
          boolean isAnyUnderWay = departures != null && !departures.isEmpty();
          if (departures != null) {
            log.debug(departures.gaps().toString());
            all.values().forEach(one -> log.debug("not moved: " + one));
            departures.close(); // The successor may still reject those that are in its queue.
          }
          whenFinished = whenDone;
          giveBackUntil = System.nanoTime() + GIVE_BACK_NANOS + (isAnyUnderWay ? ANSWER_NANOS : 0);
          stopMoving();
        });
  }

  private void stopMoving() {
    intake.stop();
    idle.forget();
    startTicking();
  }

  /** Those that are in our hands. */
  public Drain.Census census() {
    return census;
  }

  /** How many the successor's app has accepted. From any thread. */
  public int moved() {
    return moved;
  }

  /** How many are in our hands. From any thread. */
  public int size() {
    return clientInodes.size();
  }

  /** Whether a socket is in our hands, and only looks like one of the app's. From any thread. */
  public boolean holds(long inode) {
    return clientInodes.contains(inode);
  }

  private void startTicking() {
    if (!ticking) {
      ticking = true;
      returns = new Returns(libc, log, swapper);
      tick();
    }
  }

  /** Whatever happens, there is a next one as long as there is something to do. */
  private void tick() {
    try {
      work();
    } catch (Throwable failure) {
      trouble(failure);
    } finally {
      try {
        endIfDone();
      } finally {
        tickAgain();
      }
    }
  }

  private void trouble(Throwable failure) {
    if (!troubled) {
      troubled = true; // It may come again at each tick.
      log.error("trouble with open connections, they stay where they are: " + failure);
    }
  }

  private void tickAgain() {
    ticking =
        departures != null && !departures.isClosed()
            || whenFinished != null
            || !all.isEmpty()
            || intake.isSearching()
            || !returns.isOver();
    if (ticking) {
      relay.after(TICK_MILLIS, this::tick);
    }
    if (!ticking || System.nanoTime() >= nextPublish) {
      publish();
    }
    if (!ticking) {
      returns.close();
      returns = null;
      stopRelayIfIdle();
    }
  }

  private void work() throws IOException {
    try {
      settle();
      take();
      if (isMoving()) {
        idle.look(all.values());
        sendIdle();
      } else {
        returns.beginQuiet(all.values());
      }
    } finally {
      returns.goOn(); // The app waits for these.
    }
  }

  private boolean isMoving() {
    return departures != null && !departures.isClosed();
  }

  private void take() throws IOException {
    List<Interposed> taken = intake.take(this);
    if (!taken.isEmpty()) {
      taken.forEach(one -> all.put(one.relayed, one));
      publish(); // Before they count as ours: whoever counts must not miss them.
      taken.forEach(one -> clientInodes.add(one.clientInode));
    }
  }

  private void settle() throws IOException {
    for (Interposed one : intake.settled()) {
      if (all.containsKey(one.relayed)) {
        one.state = Interposed.State.RELAYED;
        try {
          admit(one);
        } catch (RuntimeException | Error failure) {
          trouble(failure); // Others are behind it.
        }
      }
    }
    List<Interposed> more = intake.stuck();
    if (!more.isEmpty()) {
      log.debug("threads of the application do not let go of " + more.size() + " connections");
      stuck.addAll(more);
    }
    stuck.removeIf(one -> !all.containsKey(one.relayed) || one.state != Interposed.State.SETTLING);
    if (!stuck.isEmpty()) {
      returns.begin(stuck);
    }
  }

  private void admit(Interposed one) {
    Past now;
    try {
      now = Past.of(libc, one.relayed.socket());
    } catch (ErrnoException unknown) {
      one.relayed.admit(History.BUSY);
      return;
    }
    if (now.consumed() == one.past.consumed()) {
      one.relayed.admit();
    } else {
      one.relayed.admit(now.history()); // A thread that was reading has got something.
    }
    if (now.isFresh() && hasRoom()) {
      departures.send(one);
    }
  }

  private void endIfDone() {
    boolean isDone = all.isEmpty() && !intake.isSearching();
    if (whenFinished != null && (isDone || System.nanoTime() >= giveBackUntil)) {
      tally.cut = all.size();
      Consumer<String> done = whenFinished;
      whenFinished = null;
      done.accept(tally.toString());
    }
  }

  @Override
  public void atBoundary(Connection connection) {
    Interposed one = all.get(connection);
    if (connection.hasProvenHttp()) {
      idle.speaksHttp(one.listener);
    }
    if (!one.mayLeave() || !hasRoom()) {
      connection.proceed(); // There will be another boundary.
    } else {
      departures.send(one);
    }
  }

  private boolean hasRoom() {
    return departures != null && departures.hasRoom();
  }

  @Override
  public void ended(Connection connection, End how) {
    Interposed one = all.get(connection);
    if (one != null) {
      forget(one);
      if (how == End.HANDED_BACK) {
        tally.handedBack++;
      } else {
        tally.ended++;
      }
    }
  }

  @Override
  public int appEnd(Connection connection) {
    Interposed one = all.get(connection);
    try {
      return one == null ? -1 : swapper.standIn(one);
    } catch (IOException closed) {
      return -1;
    }
  }

  private void sendIdle() {
    while (hasRoom()) {
      Interposed one = idle.next();
      if (one == null) {
        return;
      }
      departures.send(one);
    }
  }

  private void goOnHere(Interposed one) {
    if (all.containsKey(one.relayed)) {
      one.state = Interposed.State.RELAYED;
      one.relayed.resume();
      one.relayed.proceed();
    }
  }

  /**
   * The successor has died with it: what that has read is nowhere any more, and what it has begun
   * to answer nobody can end. Such a client is told by a reset, and may ask again.
   */
  private void goOnOrLose(Interposed one) {
    if (!all.containsKey(one.relayed) || isUntouched(one)) {
      goOnHere(one);
    } else {
      forget(one);
      tally.lost++;
      new TcpSockets(libc).abort(one.relayed.surrender());
    }
  }

  private boolean isUntouched(Interposed one) {
    try {
      return one.left != null && Past.of(libc, one.relayed.socket()).isSameAs(one.left);
    } catch (ErrnoException gone) {
      return false;
    }
  }

  private void letGo(Interposed one) {
    if (!one.relayed.isGone()) {
      libc.close(one.relayed.surrender());
    }
    forget(one);
    tally.moved++;
    moved = tally.moved;
  }

  private void forget(Interposed one) {
    all.remove(one.relayed);
    clientInodes.remove(one.clientInode);
    if (one.isPlugged()) {
      one.takePlug().close();
    }
  }

  private void publish() {
    nextPublish = System.nanoTime() + PUBLISH_NANOS;
    boolean isComplete = !isMoving() || intake.hasSeenAll();
    // A silent one moves if it can; what can't may be an event stream between two events.
    census = new Drain.Census(all.size() + (isComplete ? 0 : 1), 0);
  }
}
