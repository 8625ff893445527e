package io.graceful.restart;

import io.graceful.sockets.DetachedListener;
import io.graceful.sockets.Listener;
import java.io.IOException;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The listeners that this process has let go of, and what its app's threads still do with them. */
final class DetachedListeners {

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
      detached.add(DetachedListener.detach(world.libc, listener));
    }
  }

  private void keepPaths(List<Listener> listeners, BooleanSupplier whileTheyAreAnothers)
      throws IOException {
    List<String> paths = new ArrayList<>();
    for (Listener listener : listeners) {
      if (listener.key().path() != null) {
        paths.add(Paths.get(listener.key().path()).toAbsolutePath().toString());
      }
    }
    if (!paths.isEmpty()) {
      world.hooks.keepFiles(
          path ->
              whileTheyAreAnothers.getAsBoolean()
                  && paths.contains(Paths.get(path).toAbsolutePath().toString()));
    }
  }

  /**
   * A thread that was just about to enter accept when its listener was swapped still waits on the
   * old one.
   */
  void wakeAcceptors() {
    try {
      for (DetachedListener listener : detached) {
        listener.wakeAcceptors();
      }
    } catch (IOException blind) {
      world.log.debug("can't look for threads in accept: " + blind.getMessage());
    }
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

  /** This process accepts again. */
  void reattach() {
    for (DetachedListener listener : detached) {
      try {
        listener.reattach();
      } catch (IOException failure) {
        world.log.error("can't serve on " + listener.key() + " again: " + failure.getMessage());
      }
    }
    detached.clear();
  }
}
