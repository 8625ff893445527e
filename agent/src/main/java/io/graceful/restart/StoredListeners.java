package io.graceful.restart;

import io.graceful.sockets.Listener;
import io.graceful.sockets.ListenerKey;
import io.graceful.sockets.LiveListeners;
import io.graceful.systemd.StoredName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Has systemd keep the listeners, so that after a crash clients wait for the next process instead
 * of being refused. On the reactor's thread.
 */
final class StoredListeners {

  private final Surroundings world;

  StoredListeners(Surroundings world) {
    this.world = world;
  }

  /**
   * Of the process that systemd listens to, when its app accepts.
   *
   * @param former what may be there from earlier: the app does not bind all of it any more
   */
  void update(List<ListenerKey> former) {
    List<ListenerKey> gone = new ArrayList<>(former);
    try {
      for (Listener listener : LiveListeners.scan(world.libc, world.bound).handedOver()) {
        world.manager.keep(name(listener.key()), listener.descriptor());
        gone.remove(listener.key());
      }
    } catch (IOException blind) {
      world.log.error("systemd can't keep the listeners: " + blind.getMessage());
      return;
    }
    for (ListenerKey key : gone) {
      world.log.info("not bound by this process any more, systemd lets go of it: " + key);
      world.manager.forget(name(key));
    }
  }

  private static String name(ListenerKey key) {
    return StoredName.of(key.text());
  }
}
