package io.graceful.move;

import io.graceful.log.Log;
import io.graceful.os.Libc;
import io.graceful.os.SocketIo;
import io.graceful.sockets.InFlightCalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * Gives connections back to the app: each when nothing of it seems to be on its way through us, and
 * in two steps, since the app may write at any moment. First it gets a {@link Plug}, until what it
 * has written before is with the client; then the connection.
 */
final class Returns implements AutoCloseable {

  /** Without a byte from either side. */
  private static final long QUIET_MILLIS = 5;

  private static final int MOST_AT_ONCE = 300;

  private final Libc libc;
  private final Log log;
  private final Swapper swapper;
  private final SocketIo io;
  private final List<Homecoming> underWay = new ArrayList<>();

  /** Those that threads of the app may still wait on. */
  private final List<Plug> left = new ArrayList<>();

  /** Numbers on which threads may wait that were not told yet that there is another socket. */
  private final Set<Integer> asleep = new HashSet<>();

  Returns(Libc libc, Log log, Swapper swapper) {
    this.libc = libc;
    this.log = log;
    this.swapper = swapper;
    this.io = new SocketIo(libc);
  }

  /** Begins with those of them that can be given back now. */
  void beginQuiet(Collection<Interposed> connections) throws IOException {
    List<Interposed> quiet = new ArrayList<>();
    for (Interposed one : connections) {
      if (one.state == Interposed.State.RELAYED
          && quiet.size() < MOST_AT_ONCE
          && one.relayed.silentMillis() >= QUIET_MILLIS
          && one.relayed.canHandBack()) {
        quiet.add(one);
      }
    }
    begin(quiet);
  }

  /** Those with bytes on their way, or that the app does not let us exchange, stay as they are. */
  void begin(Collection<Interposed> chosen) throws IOException {
    List<Interposed> able = new ArrayList<>(chosen);
    able.removeIf(one -> !one.relayed.canHandBack());
    List<Interposed> plugged = able.isEmpty() ? able : swapper.plug(able);
    if (plugged.isEmpty()) {
      return;
    }
    for (Interposed one : plugged) {
      one.state = Interposed.State.RETURNING;
      one.relayed.handBack(); // On this thread nothing has changed since it was able to.
    }
    underWay.add(new Homecoming(libc, plugged));
  }

  /** At each tick: gives the app those of which nothing is left behind. */
  void goOn() throws IOException {
    wake();
    List<Interposed> ready = new ArrayList<>();
    for (Iterator<Homecoming> i = underWay.iterator(); i.hasNext(); ) {
      Homecoming homecoming = i.next();
      ready.addAll(homecoming.ready());
      if (homecoming.isOver()) {
        i.remove();
      }
    }
    for (Iterator<Plug> i = left.iterator(); i.hasNext(); ) {
      Plug plug = i.next();
      if (plug.isLeft(io)) {
        plug.close();
        i.remove();
      }
    }
    if (!ready.isEmpty()) {
      giveBack(ready);
    }
  }

  private void giveBack(List<Interposed> ready) throws IOException {
    Swapper.Given given = swapper.giveBack(ready);
    for (Interposed one : given.back) {
      Plug plug = one.takePlug();
      if (plug.wasFinished(io)) {
        io.finishSending(one.relayed.socket());
      }
      plug.letGo();
      left.add(plug);
      end(one.relayed::endHandBack);
    }
    for (Interposed one : given.closed) {
      one.takePlug().close();
      one.state = Interposed.State.RELAYED;
      end(one.relayed::leaveInsteadOfHandBack);
    }
    given.back.forEach(one -> asleep.add(one.appFd));
    log.debug("gave connections back to the application: " + given.back.size());
    wake();
  }

  private void end(Runnable how) {
    try {
      how.run();
    } catch (RuntimeException failure) {
      log.error("trouble with a connection that goes back: " + failure); // Others are behind it.
    }
  }

  /** Threads that wait on the plugs shall wait on the real ones. */
  private void wake() throws IOException {
    if (!asleep.isEmpty()) {
      new InFlightCalls(libc, asleep).interrupt();
      asleep.clear();
    }
  }

  /** Whether nothing of ours is left with the app. */
  boolean isOver() {
    return underWay.isEmpty() && left.isEmpty();
  }

  @Override
  public void close() {
    left.forEach(Plug::close);
    io.close();
  }
}
