package io.graceful.restart;

import io.graceful.sockets.DetachedListener;
import io.graceful.sockets.Listener;
import io.graceful.sockets.SocketFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The listeners that this process has let go of, and what its app's threads still do with them. */
final class DetachedListeners {

  private static final long[] WAKE_UP_MILLIS = {2, 10, 50, 200};

  /** Until it can be seen whom to wake. */
  private static final long BLIND_MILLIS = 200;

  private final Surroundings world;
  private final List<DetachedListener> detached = new ArrayList<>();

  DetachedListeners(Surroundings world) {
    this.world = world;
  }

  /**
   * Nothing is accepted on them any more. After an error some may be detached: {@link #reattach}.
   *
   * @param whileTheyAreAnothers until then the app can't unlink the paths of UNIX sockets, as its
   *     shutdown may do
   */
  void detach(List<Listener> listeners, BooleanSupplier whileTheyAreAnothers) throws IOException {
    keepPaths(listeners, whileTheyAreAnothers);
    for (Listener listener : listeners) {
      DetachedListener gone = DetachedListener.detach(world.libc, listener, world.guard);
      detached.add(gone);
      wakeAcceptors(gone, 0);
    }
  }

  /** One that was detached by others, to be given back with the rest. */
  void add(DetachedListener listener) {
    detached.add(listener);
  }

  private void keepPaths(List<Listener> listeners, BooleanSupplier whileTheyAreAnothers)
      throws IOException {
    List<SocketFile> files = new ArrayList<>();
    for (Listener listener : listeners) {
      if (listener.key().path() != null) {
        files.add(new SocketFile(listener.key().path()));
      }
    }
    if (!files.isEmpty()) {
      world.hooks.keepFiles(
          path ->
              whileTheyAreAnothers.getAsBoolean()
                  && files.stream().anyMatch(file -> file.isAt(path)));
    }
  }

  private void wakeAcceptors(DetachedListener listener, int round) {
    long pause = round < WAKE_UP_MILLIS.length ? WAKE_UP_MILLIS[round] : BLIND_MILLIS;
    world.reactor.after(
        pause,
        () -> {
          if (!listener.wakeAcceptors() || round < WAKE_UP_MILLIS.length - 1) {
            wakeAcceptors(listener, round + 1);
          }
        });
  }

  /**
   * Some servers (Tomcat) end their acceptor by connecting to their own port, and wait for that:
   * but at that port it's the successor who accepts by now.
   */
  void letAcceptorsBeWoken() {
    try {
      List<DetachedListener> waitedOn = new ArrayList<>();
      for (DetachedListener listener : detached) {
        if (!listener.key().isUnix() && listener.isWaitedOn()) {
          waitedOn.add(listener);
        }
      }
      if (!waitedOn.isEmpty()) {
        world.hooks.watchConnects(port -> wakeAcceptorOf(port, waitedOn));
      }
    } catch (IOException unusual) {
      world.log.debug("the application's acceptors won't be woken: " + unusual.getMessage());
    }
  }

  /** On a thread of the app. */
  private void wakeAcceptorOf(int port, List<DetachedListener> listeners) {
    for (DetachedListener listener : listeners) {
      if (listener.key().port() == port) {
        try {
          listener.knock();
        } catch (IOException | RuntimeException closedMeanwhile) {
          world.log.debug("can't wake the acceptor: " + closedMeanwhile.getMessage());
        }
      }
    }
  }

  /** They are gone for good from this process: where nobody else has them, clients are refused. */
  void release() {
    detached.forEach(DetachedListener::release);
  }

  /** This process accepts again. */
  void reattach() {
    for (DetachedListener listener : detached) {
      try {
        listener.reattach();
        wakeAcceptors(listener, 0);
      } catch (IOException failure) {
        world.log.error("can't serve on " + listener.key() + " again: " + failure.getMessage());
      }
    }
    detached.clear();
  }
}
