package io.graceful.restart;

import io.graceful.config.MovePolicy;
import io.graceful.config.Option;
import io.graceful.move.Interposer;
import io.graceful.os.IoUring;
import io.graceful.sockets.ListenerKey;
import java.io.IOException;

/** Gets the means to move connections ready: changing the app's classes takes a while. */
final class Mover {

  private static final long PATIENCE_MILLIS = 2000;

  private final Surroundings world;
  private final MovePolicy policy;
  private Thread preparation;
  private volatile Interposer interposer;

  Mover(Surroundings world) {
    this.world = world;
    this.policy = MovePolicy.parse(world.options.text(Option.MOVE));
  }

  /** When a restart has begun. Returns at once. */
  void prepare() {
    if (interposer != null || policy.movesNothing() || isUnderWay()) {
      return;
    }
    preparation = new Thread(this::start, "graceful-prepare");
    preparation.setDaemon(true);
    preparation.start();
  }

  private boolean isUnderWay() {
    return preparation != null && preparation.isAlive();
  }

  private void start() {
    try {
      interposer =
          Interposer.start(
              world.libc,
              world.log,
              world.guard.putIn(),
              policy,
              world.options.millis(Option.DRAIN_QUIET));
    } catch (IOException | RuntimeException | LinkageError failure) {
      world.log.info(
          "open connections can't move, they stay with the old process until they are idle: "
              + failure.getMessage());
    }
  }

  /** Whether the connections of this listener are meant to. */
  boolean moves(ListenerKey listener) {
    return listener.isUnix() || policy.moves(listener.port());
  }

  /** Null if connections can't move. */
  Interposer ready() {
    if (preparation == null) {
      return null;
    }
    try {
      preparation.join(PATIENCE_MILLIS);
      boolean can = interposer != null && world.hooks.missing().isEmpty();
      return can && !IoUring.isInUse(world.libc) ? interposer : null;
    } catch (InterruptedException | IOException noTimeOrBlind) {
      return null;
    }
  }
}
