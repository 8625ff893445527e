package io.graceful.restart;

import io.graceful.config.Option;
import io.graceful.drain.ConnectionDrain;
import io.graceful.drain.Drain;
import io.graceful.drain.OpenDrain;
import io.graceful.drain.ThisFirst;
import io.graceful.move.Interposer;
import io.graceful.sockets.ListenerKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The predecessor's open connections from the handover on: those that can move do, the others are
 * waited for. It ends when nothing is in progress any more, or time is up, and not before the soak
 * does.
 */
final class Departure {

  /** What else there is of a restart. On the reactor's thread, but for {@link #send}. */
  interface Owner extends Interposer.Successor {

    /**
     * Connections, at each look.
     *
     * @param moved how many have moved
     * @param left how many are waited for
     */
    void waitsFor(int moved, int left);

    /** From now on this process can't serve again. */
    void ends();

    /**
     * @param summary in words, for a log line
     */
    void ended(String summary);
  }

  /** The relay takes two seconds at most, if its thread lives: the app may have run out of heap. */
  private static final long FINISH_MILLIS = 10_000;

  /** After the soak, when drain.timeout is not longer. */
  private static final long LAST_LOOK_MILLIS = 200;

  private final Surroundings world;
  private final Mover mover;
  private final Owner owner;
  private final List<ListenerKey> speakHttp = new ArrayList<>();
  private DrainWatch drain;

  /** Null as long as nothing can move, or if nothing ever can. */
  private Interposer interposer;

  private boolean soaked;

  /** How the drain ended; null until then. */
  private String drained;

  private boolean isOver;
  private boolean hasEnded;

  Departure(Surroundings world, Mover mover, Owner owner) {
    this.world = world;
    this.mover = mover;
    this.owner = owner;
  }

  /**
   * @param keys of the listeners that were handed over
   * @param mayMove whether the successor takes connections
   */
  void begin(List<ListenerKey> keys, boolean mayMove) {
    interposer = mayMove ? mover.ready() : null;
    if (interposer != null) {
      beginToMove(keys);
    }
    drain =
        new DrainWatch(
            world.reactor,
            drainOf(keys),
            Math.max(
                world.options.millis(Option.DRAIN_TIMEOUT),
                world.options.millis(Option.SOAK) + LAST_LOOK_MILLIS),
            busy -> owner.waitsFor(moved(), waitedFor(busy)),
            this::onDrained);
    drain.start();
    world.reactor.after(world.options.millis(Option.SOAK), this::onSoaked);
  }

  private void beginToMove(List<ListenerKey> keys) {
    try {
      interposer.begin(keys, owner);
      speakHttp.forEach(interposer::speaksHttp);
    } catch (IOException failure) {
      world.log.error("open connections can't move: " + failure.getMessage());
      interposer = null;
    }
  }

  private Drain drainOf(List<ListenerKey> keys) {
    List<ListenerKey> staying = new ArrayList<>(keys);
    staying.removeIf(mover::moves);
    List<ListenerKey> others = new ArrayList<>(keys);
    others.removeAll(staying);
    long quiet = world.options.millis(Option.DRAIN_QUIET);
    Drain untilTheyEnd = new OpenDrain(world.libc, staying);
    Drain requests =
        new ConnectionDrain(
            world.libc, others, quiet, inode -> interposer != null && interposer.holds(inode));
    Drain inTheApp = () -> untilTheyEnd.look().plus(requests.look());
    return interposer == null ? inTheApp : new ThisFirst(this::relayed, inTheApp);
  }

  private Drain.Census relayed() {
    // Until the end of the soak each may still show what it speaks, and move.
    return interposer.census().plus(new Drain.Census(soaked ? 0 : 1, 0));
  }

  /** Without what only stands for the time of the soak. */
  private int waitedFor(int busy) {
    if (interposer == null) {
      return busy;
    }
    int relayed = size();
    return relayed > 0 || !soaked ? relayed : busy;
  }

  private int moved() {
    return interposer == null ? 0 : interposer.moved();
  }

  boolean isMoving() {
    return interposer != null;
  }

  /** How many are in the relay's hands. */
  int size() {
    return interposer == null ? 0 : interposer.size();
  }

  /** May come before the handover: the new process accepts as soon as it has bound. */
  void speaksHttp(ListenerKey listener) {
    speakHttp.add(listener);
    if (interposer != null) {
      interposer.speaksHttp(listener);
    }
  }

  /** See {@link Interposer#taken}. */
  void taken(int id) {
    interposer.taken(id);
  }

  /** See {@link Interposer#rejected}. */
  void rejected(int id, String reason) {
    interposer.rejected(id, reason);
  }

  /** The successor has ended, and this process does not serve again. */
  void moveNoMore() {
    if (interposer != null) {
      interposer.moveNoMore();
    }
  }

  /** From now on there is no more time than this, and no soak. */
  void hurry(long millis) {
    drain.hurry(millis);
    onSoaked();
  }

  /** This process serves again. */
  void takeBack() {
    isOver = true;
    if (drain != null) {
      drain.cancel();
    }
    if (interposer != null) {
      interposer.cancel(words -> world.reactor.post(() -> tell(words)));
    }
  }

  private void tell(String words) {
    if (!words.isEmpty()) {
      world.log.info("restart taken back: " + words);
    }
  }

  private void onDrained(String outcome) {
    drained = outcome;
    endWhenDone();
  }

  private void onSoaked() {
    soaked = true;
    endWhenDone();
  }

  private void endWhenDone() {
    if (isOver || !soaked || drained == null) {
      return;
    }
    isOver = true;
    owner.ends();
    if (interposer == null) {
      owner.ended(drained);
    } else {
      interposer.finish(summary -> world.reactor.post(() -> finished(summary)));
      world.reactor.after(FINISH_MILLIS, () -> finished("the relay did not end in time"));
    }
  }

  private void finished(String summary) {
    if (!hasEnded) {
      hasEnded = true;
      owner.ended(drained + ": " + summary);
    }
  }
}
