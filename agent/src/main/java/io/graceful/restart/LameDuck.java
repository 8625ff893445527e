package io.graceful.restart;

import io.graceful.os.ErrnoException;
import io.graceful.sockets.DetachedListener;
import io.graceful.sockets.Listener;
import io.graceful.sockets.ListenerKey;
import io.graceful.sockets.LiveListeners;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Out of service for as long as the operator wants: new connections are refused, so that a load
 * balancer turns to others, and what is open goes on. For TCP: a UNIX socket that was closed can't
 * be opened again by a process that does not know how its path was made.
 */
final class LameDuck {

  private final Surroundings world;
  private final Announcer announcer;
  private final List<ListenerKey> keys = new ArrayList<>();
  private final List<DetachedListener> paused = new ArrayList<>();
  private final DetachedListeners resumed;

  /** Null when it is done. */
  private AcceptStop taking;

  private Consumer<String> whoAsked;

  LameDuck(Surroundings world, Announcer announcer) {
    this.world = world;
    this.announcer = announcer;
    this.resumed = new DetachedListeners(world);
  }

  /**
   * @param whenOver gets null when all are taken, or why not
   * @return why it can't be done, or null
   */
  String begin(Consumer<String> whenOver) {
    List<Listener> tcp = new ArrayList<>();
    try {
      for (Listener listener : LiveListeners.scan(world.libc, world.bound).handedOver()) {
        if (!listener.key().isUnix()) {
          tcp.add(listener);
        }
      }
      keys.addAll(Listener.keys(tcp));
    } catch (IOException blind) {
      return "can't look at the sockets: " + blind.getMessage();
    }
    if (tcp.isEmpty()) {
      return "it listens on no TCP port that could be taken from it";
    }
    whoAsked = whenOver;
    taking = new AcceptStop(world, this::pause, this::onTaken);
    taking.begin(tcp);
    return null;
  }

  private void onTaken() {
    taking = null;
    announcer.tell(Announcer.Event.DRAINING, keys, 0, "drain");
    world.log.info("out of service, no longer accepting on " + keys);
    whoAsked.accept(null);
  }

  /** If it is not done yet. */
  private void cancel(String reason) {
    if (taking != null) {
      taking.cancel();
      taking = null;
      whoAsked.accept(reason);
    }
  }

  private void pause(DetachedListener listener) {
    paused.add(listener);
    try {
      listener.pause();
    } catch (ErrnoException failure) {
      world.log.error("clients wait at " + listener.key() + ": " + failure.getMessage());
    }
  }

  /** Whether it is the inode of a listener that is held here, which looks like a connection. */
  boolean holds(long inode) {
    return paused.stream().anyMatch(listener -> listener.is(inode));
  }

  /** For good: it can't be resumed any more, with this reason. */
  void release(String reason) {
    cancel(reason);
    paused.forEach(DetachedListener::release);
    paused.clear();
  }

  /** What it does not accept on. */
  List<ListenerKey> keys() {
    return keys;
  }

  /**
   * @return why not all of it is in service again, or null; then it can be asked again
   */
  String resume() {
    cancel("it was resumed before it was out of service");
    String problem = null;
    for (Iterator<DetachedListener> each = paused.iterator(); each.hasNext(); ) {
      DetachedListener listener = each.next();
      try {
        listener.resume();
        resumed.add(listener);
        each.remove();
      } catch (ErrnoException taken) {
        problem =
            taken.errno() == ErrnoException.EADDRINUSE
                ? "another process listens on " + listener.key() + " by now"
                : "can't listen on " + listener.key() + " again: " + taken.getMessage();
      }
    }
    resumed.reattach();
    if (problem == null) {
      announcer.tell(Announcer.Event.READY, keys, 0, "resume");
    }
    world.log.info(problem == null ? "in service again, accepting on " + keys : problem);
    return problem;
  }
}
