package io.graceful.restart;

import io.graceful.config.Option;
import io.graceful.drain.ConnectionDrain;
import io.graceful.os.JavaSignals;
import io.graceful.sockets.DetachedListener;
import io.graceful.sockets.Listener;
import io.graceful.sockets.ListenerKey;
import io.graceful.sockets.LiveListeners;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A stop signal, with grace: no new connections, requests in progress end, then the signal does
 * what it did before us, so that hooks and exit code are those of the app without us.
 */
final class GracefulStop {

  /**
   * How often a listener is given back because connections came between the last look and its
   * removal.
   */
  private static final int MOST_ROUNDS = 20;

  private static final long ROUND_MILLIS = 10;

  private final Surroundings world;
  private final String signal;
  private final JavaSignals.Previous previous;
  private final long timeoutMillis;
  private DrainWatch watch;
  private boolean proceeded;
  private int rounds;

  GracefulStop(
      Surroundings world, String signal, JavaSignals.Previous previous, long timeoutMillis) {
    this.world = world;
    this.signal = signal;
    this.previous = previous;
    this.timeoutMillis = timeoutMillis;
  }

  void begin() {
    try {
      LiveListeners live = LiveListeners.scan(world.libc, world.bound);
      List<ListenerKey> keys = new ArrayList<>();
      for (Listener listener : live.handedOver()) {
        keys.add(listener.key());
      }
      stopAccepting(live.handedOver(), keys);
    } catch (IOException failure) {
      world.log.error("SIG" + signal + ": can't stop gracefully: " + failure.getMessage());
      proceed();
    }
  }

  /**
   * Connections that wait to be accepted were made in good faith: the app gets them before the
   * listener goes.
   */
  private void stopAccepting(List<Listener> listeners, List<ListenerKey> keys) {
    List<Listener> left = new ArrayList<>();
    for (Listener listener : listeners) {
      try {
        DetachedListener detached = DetachedListener.detach(world.libc, listener);
        if (detached.queued() > 0 && rounds < MOST_ROUNDS) {
          detached.reattach();
          left.add(listener);
        } else {
          detached.release();
        }
      } catch (IOException failure) {
        world.log.error("can't stop accepting on " + listener + ": " + failure.getMessage());
      }
    }
    rounds++;
    if (left.isEmpty()) {
      drain(keys);
    } else {
      world.reactor.after(ROUND_MILLIS, () -> stopAccepting(left, keys));
    }
  }

  private void drain(List<ListenerKey> keys) {
    if (proceeded) {
      return;
    }
    long quiet = world.options.millis(Option.DRAIN_QUIET);
    ConnectionDrain drain = new ConnectionDrain(world.libc, keys, quiet);
    watch = new DrainWatch(world.reactor, drain, timeoutMillis, left -> {}, this::drained);
    world.log.info("SIG" + signal + ": stopping, no longer accepting on " + keys);
    watch.start();
  }

  private void drained(String outcome) {
    world.log.info(outcome + "; exiting");
    proceed();
  }

  /** A second signal. */
  void now(String secondSignal) {
    world.log.info("SIG" + secondSignal + " again: stopping at once");
    proceed();
  }

  private void proceed() {
    if (watch != null) {
      watch.cancel();
    }
    if (!proceeded) {
      proceeded = true;
      proceed(signal, previous);
    }
  }

  /**
   * On a thread of its own: the handler before us may run the shutdown hooks before it returns, or
   * never return.
   */
  static void proceed(String signal, JavaSignals.Previous previous) {
    new Thread(previous::handle, "graceful-SIG" + signal).start();
  }
}
