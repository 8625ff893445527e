package io.graceful.restart;

import io.graceful.sockets.DetachedListener;
import io.graceful.sockets.Listener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Takes listeners from the app for the time after which nobody else accepts on them. Connections
 * that wait to be accepted were made in good faith: the app gets them before its listener goes.
 */
final class AcceptStop {

  /**
   * How often a listener is given back because connections came between the last look and its
   * removal.
   */
  private static final int MOST_ROUNDS = 20;

  private static final long ROUND_MILLIS = 10;

  /** For the app's calls that don't know of the guard yet. */
  private static final long CALLS_MILLIS = 2;

  private final Surroundings world;
  private final Consumer<DetachedListener> onDetached;
  private final Runnable whenDone;
  private int rounds;
  private boolean cancelled;

  /**
   * @param onDetached told of each, which it owns from then on, when nobody waits to be accepted
   */
  AcceptStop(Surroundings world, Consumer<DetachedListener> onDetached, Runnable whenDone) {
    this.world = world;
    this.onDetached = onDetached;
    this.whenDone = whenDone;
  }

  void begin(List<Listener> listeners) {
    world.guard.putInIfPossible();
    world.reactor.after(CALLS_MILLIS, () -> take(listeners));
  }

  /** What was not taken yet stays with the app, and nobody is told. */
  void cancel() {
    cancelled = true;
  }

  private void take(List<Listener> listeners) {
    if (cancelled) {
      return;
    }
    List<Listener> left = new ArrayList<>();
    for (Listener listener : listeners) {
      try {
        DetachedListener detached = DetachedListener.detach(world.libc, listener, world.guard);
        if (detached.queued() > 0 && rounds < MOST_ROUNDS) {
          detached.reattach();
          left.add(listener);
        } else {
          onDetached.accept(detached);
        }
      } catch (IOException failure) {
        world.log.error("can't stop accepting on " + listener + ": " + failure.getMessage());
      }
    }
    rounds++;
    if (left.isEmpty()) {
      whenDone.run();
    } else {
      world.reactor.after(ROUND_MILLIS, () -> take(left));
    }
  }
}
