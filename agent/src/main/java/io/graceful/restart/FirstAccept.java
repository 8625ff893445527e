package io.graceful.restart;

import io.graceful.log.Log;
import io.graceful.os.IoUring;
import io.graceful.os.Libc;
import io.graceful.os.Reactor;
import io.graceful.sockets.Accepting;
import io.graceful.sockets.BoundSockets;
import io.graceful.sockets.Listener;
import io.graceful.sockets.ListenerKey;
import io.graceful.sockets.LiveListeners;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Waits until the app accepts on what it listens on. On the reactor's thread. */
public final class FirstAccept implements Runnable {

  private static final long FIRST_LOOK_MILLIS = 100;
  private static final long LAST_LOOK_MILLIS = 1000;

  private final Libc libc;
  private final Reactor reactor;
  private final Log log;
  private final BoundSockets bound;
  private final Consumer<List<ListenerKey>> whenAccepting;
  private long pause = FIRST_LOOK_MILLIS;
  private boolean isBlind;
  private boolean countsAll;
  private boolean isOver;

  /**
   * @param bound tells which ones the app has bound
   */
  public FirstAccept(
      Libc libc,
      Reactor reactor,
      Log log,
      BoundSockets bound,
      Consumer<List<ListenerKey>> whenAccepting) {
    this.libc = libc;
    this.reactor = reactor;
    this.log = log;
    this.bound = bound;
    this.whenAccepting = whenAccepting;
  }

  /** The hooks don't tell what the app has bound: any one listener will do from now on. */
  public void countAll() {
    countsAll = true;
  }

  public void await() {
    reactor.after(pause, this);
  }

  /** One look. */
  @Override
  public void run() {
    if (isOver) {
      return;
    }
    try {
      List<Listener> listeners = listeners();
      if (!listeners.isEmpty() && accepts(listeners)) {
        isOver = true;
        whenAccepting.accept(Listener.keys(listeners));
        return;
      }
    } catch (IOException blind) {
      if (!isBlind) {
        isBlind = true;
        log.error("can't see whether the application accepts: " + blind.getMessage());
      }
    }
    pause = Math.min(LAST_LOOK_MILLIS, pause * 2);
    await();
  }

  private List<Listener> listeners() throws IOException {
    LiveListeners live = LiveListeners.scan(libc, bound);
    List<Listener> listeners = new ArrayList<>(live.handedOver());
    if (countsAll) {
      listeners.addAll(live.leftOut());
    }
    return listeners;
  }

  /** Whoever accepts through io_uring can't be seen doing it. */
  private boolean accepts(List<Listener> listeners) throws IOException {
    List<Integer> descriptors = new ArrayList<>();
    for (Listener listener : listeners) {
      descriptors.add(listener.descriptor());
    }
    int quiet = Accepting.notYet(libc, descriptors).size();
    return quiet == 0 || countsAll && quiet < descriptors.size() || IoUring.isInUse(libc);
  }
}
