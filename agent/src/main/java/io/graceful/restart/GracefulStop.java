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

  private final Surroundings world;
  private final String signal;
  private final JavaSignals.Previous previous;
  private final List<ListenerKey> keys;
  private final Announcer announcer;
  private final Progress progress;
  private DrainWatch watch;
  private boolean proceeded;

  /**
   * @param keys of listeners on which this process does not accept any more, but has connections
   * @param progress hears how many are left, and that the process exits
   */
  GracefulStop(
      Surroundings world,
      String signal,
      JavaSignals.Previous previous,
      List<ListenerKey> keys,
      Announcer announcer,
      Progress progress) {
    this.world = world;
    this.signal = signal;
    this.previous = previous;
    this.keys = new ArrayList<>(keys);
    this.announcer = announcer;
    this.progress = progress;
  }

  /** After the option stop.delay, in which everything goes on. */
  void begin() {
    long delay = world.options.millis(Option.STOP_DELAY);
    if (announcer.hasListener()) {
      announcer.tell(Announcer.Event.DRAINING, listening(), 0, "SIG" + signal);
    }
    if (delay == 0) {
      stopAccepting();
      return;
    }
    world.log.info(
        "SIG"
            + signal
            + ": stopping, accepting for another "
            + world.options.text(Option.STOP_DELAY)
            + " (stop.delay)");
    world.reactor.after(delay, this::stopAccepting);
  }

  private List<ListenerKey> listening() {
    List<ListenerKey> listening = new ArrayList<>(keys);
    try {
      listening.addAll(Listener.keys(LiveListeners.scan(world.libc, world.bound).handedOver()));
    } catch (IOException blind) {
      // Then it is said when it stops accepting.
    }
    return listening;
  }

  private void stopAccepting() {
    if (proceeded) {
      return;
    }
    try {
      List<Listener> listeners = LiveListeners.scan(world.libc, world.bound).handedOver();
      keys.addAll(Listener.keys(listeners));
      new AcceptStop(world, DetachedListener::release, this::drain).begin(listeners);
    } catch (IOException failure) {
      world.log.error("SIG" + signal + ": can't stop gracefully: " + failure.getMessage());
      proceed();
    }
  }

  private void drain() {
    if (proceeded) {
      return;
    }
    long quiet = world.options.millis(Option.DRAIN_QUIET);
    ConnectionDrain drain = new ConnectionDrain(world.libc, keys, quiet);
    long timeout = world.options.millis(Option.STOP_TIMEOUT);
    watch =
        new DrainWatch(
            world.reactor, drain, timeout, left -> progress.draining(0, left), this::drained);
    world.log.info("SIG" + signal + ": stopping, no longer accepting on " + keys);
    watch.start();
  }

  private void drained(String outcome) {
    world.log.info(outcome + "; exiting");
    progress.done();
    announcer.ask(Announcer.Event.EXITING, keys, 0, "SIG" + signal, failed -> proceed());
  }

  /** With SIG in front. */
  String signal() {
    return "SIG" + signal;
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
