package io.graceful.restart;

import io.graceful.config.Option;
import io.graceful.config.Options;
import io.graceful.drain.ConnectionDrain;
import io.graceful.handover.Frame;
import io.graceful.handover.Frame.Type;
import io.graceful.handover.Lifeline;
import io.graceful.move.Tickets;
import io.graceful.os.Libc;
import io.graceful.sockets.Accepting;
import io.graceful.sockets.DetachedListener;
import io.graceful.sockets.InheritedSockets;
import io.graceful.sockets.Listener;
import io.graceful.sockets.ListenerKey;
import io.graceful.sockets.LiveListeners;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One restart, as the successor sees it: receive the listeners, wait until the app has claimed them
 * and accepts, say so. If the predecessor dies meanwhile there is nobody else to serve, so this
 * process goes on with what it has.
 */
public final class Takeover implements Tickets.Owner {

  private static final int ANSWER_MILLIS = 10_000;

  /** From a claim to the first look whether the app accepts; then twice as long each time. */
  private static final long FIRST_LOOK_MILLIS = 5;

  /**
   * A look takes a millisecond or two of the processor, and as much of the compiler, from an app
   * that starts.
   */
  private static final long LONGEST_PAUSE_MILLIS = 30;

  private final Lifeline lifeline;
  private final int predecessor;
  private final long at = System.currentTimeMillis();
  private final long started = System.nanoTime();
  private final InheritedSockets sockets;
  private final Libc libc;
  private Tickets tickets;
  private int generation;
  private Surroundings world;
  private Consumer<Outcome> whenServing;
  private Runnable whenLeft;
  private Runnable whenOver;
  private boolean looking;
  private long pause;
  private boolean ready;
  private boolean serving;
  private boolean mayDrop;
  private boolean aborted;
  private boolean orphaned;

  private Takeover(Libc libc, Lifeline lifeline) throws IOException {
    this.lifeline = lifeline;
    this.predecessor = lifeline.makerPid();
    this.libc = libc;
    this.sockets = new InheritedSockets(libc);
  }

  /**
   * Gets the listeners, before the app starts.
   *
   * @return null if the predecessor is gone: this is a first generation then
   * @throws IOException if it refuses, or does not answer
   */
  public static Takeover receive(Libc libc, Lifeline lifeline, int pid, String version)
      throws IOException {
    Takeover takeover = new Takeover(libc, lifeline);
    try {
      lifeline.send(new Frame(Type.HELLO, pid, version));
      Frame answer = takeover.await(Type.LISTENERS).frame;
      takeover.generation = generation(answer.text());
      for (int i = 0; i < answer.number(); i++) {
        Lifeline.Received listener = takeover.await(Type.LISTENER);
        if (listener.fd < 0) {
          throw new IOException(
              "no descriptor came with " + listener.frame + ": limit of open files reached?");
        }
        takeover.sockets.add(takeover.listenerOf(listener), listener.fd);
      }
      return takeover;
    } catch (EOFException predecessorDied) {
      takeover.letGo();
      return null;
    } catch (IOException refusedOrUnclear) {
      takeover.letGo();
      throw refusedOrUnclear;
    }
  }

  private Lifeline.Received await(Type type) throws IOException {
    Lifeline.Received received = lifeline.await(ANSWER_MILLIS);
    boolean expected = received.frame.type() == type;
    if (!expected || type != Type.LISTENER) {
      closeUnexpected(received.fd);
    }
    if (!expected) {
      throw new IOException(
          "pid "
              + predecessor
              + " answered "
              + received.frame.type()
              + ": "
              + received.frame.text());
    }
    return received;
  }

  private void letGo() {
    sockets.release();
    lifeline.close();
  }

  private static int generation(String text) throws IOException {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException none) {
      throw new IOException("no generation has the number '" + text + "'", none);
    }
  }

  /** Open connections can be taken too: the app's accept asks these tickets. */
  public void takeConnections(Tickets tickets) {
    this.tickets = tickets;
  }

  public InheritedSockets sockets() {
    return sockets;
  }

  public int generation() {
    return generation;
  }

  /** Whether this process serves. */
  boolean isReady() {
    return ready;
  }

  /** For the refusal of a restart. */
  String describe() {
    return ready
        ? "this process has just taken over, and pid "
            + predecessor
            + " has not ended yet: try again then"
        : "this process is still starting, pid " + predecessor + " serves";
  }

  /**
   * @param whenServing gets how this process came to serve
   * @param whenLeft the predecessor can't serve again any more, and is about to exit
   * @param whenOver the predecessor is gone
   */
  void start(
      Surroundings surroundings,
      Consumer<Outcome> whenServing,
      Runnable whenLeft,
      Runnable whenOver) {
    this.world = surroundings;
    this.whenServing = whenServing;
    this.whenLeft = whenLeft;
    this.whenOver = whenOver;
    Options options = world.options;
    if (tickets != null) {
      tickets.start(world.reactor, this, sockets.keys());
    }
    world.reactor.watch(lifeline.fd(), this::onLifeline);
    sockets.onClaim(key -> world.reactor.post(() -> onClaim(key)));
    for (ListenerKey claimedAlready : claimed()) {
      onClaim(claimedAlready);
    }
    if (options.text(Option.UNCLAIMED).equals("drop")) {
      world.reactor.after(options.millis(Option.READY_TIMEOUT), this::dropUnclaimed);
    }
  }

  private List<ListenerKey> claimed() {
    List<ListenerKey> claimed = sockets.keys();
    for (ListenerKey key : sockets.unclaimed()) {
      claimed.remove(key);
    }
    return claimed;
  }

  private void onClaim(ListenerKey key) {
    send(new Frame(Type.CLAIMED, 0, key.text()));
    lookSoon();
  }

  private void lookSoon() {
    pause = FIRST_LOOK_MILLIS;
    lookAfterPause();
  }

  private void lookAfterPause() {
    if (!looking && !ready && !aborted) {
      looking = true;
      world.reactor.after(pause, this::look);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
    }
  }

  private void look() {
    looking = false;
    if (ready || aborted || !sockets.unclaimed().isEmpty() && !mayDrop) {
      return;
    }
    try {
      List<Integer> adopted = sockets.adopted();
      if (adopted.isEmpty() || !Accepting.notYet(world.libc, adopted).isEmpty()) {
        lookAfterPause();
        return;
      }
    } catch (IOException blind) {
      // No descriptor is left, say. It may have accepted connections by now, which an end would
      // cut.
      world.log.debug("can't see whether the application accepts: " + blind.getMessage());
      lookAfterPause();
      return;
    }
    ready = true;
    if (orphaned) {
      served();
    } else {
      send(new Frame(Type.READY, takesConnections() ? Frame.TAKES_CONNECTIONS : 0, ""));
    }
  }

  private boolean takesConnections() {
    if (tickets == null) {
      return false;
    }
    List<String> missing = world.hooks.missing();
    if (!missing.isEmpty()) {
      world.log.info("open connections can't move to this process: " + missing);
    }
    return missing.isEmpty();
  }

  private void dropUnclaimed() {
    if (!ready) {
      world.log.info("not bound by this process, so dropped: " + sockets.unclaimed());
      mayDrop = true;
      lookSoon();
    }
  }

  /** Looks now whether the predecessor has ended. */
  void catchUp() {
    if (!orphaned) { // Else the lifeline's number may be a descriptor of the app by now.
      onLifeline();
    }
  }

  private void onLifeline() {
    try {
      for (Lifeline.Received received = lifeline.receive();
          received != null;
          received = lifeline.receive()) {
        if (received.frame.type() == Type.CONNECTION) {
          onConnection(received);
        } else {
          closeUnexpected(received.fd);
          onFrame(received.frame);
        }
      }
    } catch (EOFException closed) {
      onPredecessorGone();
    } catch (IOException broken) {
      String problem = "can't talk to pid " + predecessor + ": " + broken.getMessage();
      if (serving) {
        world.log.error(problem + "; this process serves on");
        onPredecessorGone();
      } else {
        fail(problem);
      }
    }
  }

  private void onFrame(Frame frame) {
    if (frame.type() == Type.HANDED_OVER) {
      served();
    } else if (frame.type() == Type.EXITING) {
      whenLeft.run();
    } else if (frame.type() == Type.ABORT) {
      fail("pid " + predecessor + " takes the restart back: " + frame.text());
    }
  }

  private void closeUnexpected(int fd) {
    if (fd >= 0) {
      libc.close(fd);
    }
  }

  private void onConnection(Lifeline.Received received) throws IOException {
    if (received.fd < 0) {
      rejected(received.frame.number(), "it came without a descriptor");
    } else if (tickets == null || aborted) {
      libc.close(received.fd);
      rejected(received.frame.number(), "this process does not take connections");
    } else {
      tickets.arrive(received.frame.number(), listenerOf(received), received.fd);
    }
  }

  private ListenerKey listenerOf(Lifeline.Received received) throws IOException {
    try {
      return ListenerKey.parse(received.frame.text());
    } catch (IOException malformed) {
      closeUnexpected(received.fd);
      throw malformed;
    }
  }

  @Override
  public void taken(int id) {
    send(new Frame(Type.TAKEN, id, ""));
  }

  @Override
  public void speaksHttp(ListenerKey listener) {
    send(new Frame(Type.SPEAKS_HTTP, 0, listener.text()));
  }

  @Override
  public void rejected(int id, String reason) {
    send(new Frame(Type.REJECTED, id, reason));
  }

  private void served() {
    serving = true;
    sockets.release();
    long elapsed = (System.nanoTime() - started) / 1_000_000;
    whenServing.accept(new Outcome(at, world.pid, elapsed, null));
    world.log.info(
        "generation "
            + generation
            + " serves on "
            + sockets.keys()
            + ", taken over from pid "
            + predecessor
            + " after "
            + elapsed
            + " ms");
  }

  private void onPredecessorGone() {
    world.reactor.unwatch(lifeline.fd());
    lifeline.close();
    orphaned = true;
    if (tickets != null) {
      tickets.stop();
    }
    if (!serving && !aborted) {
      world.log.error(
          "pid " + predecessor + " died while handing over; this process goes on alone");
    }
    if (!ready) {
      mayDrop = true;
      lookSoon();
    } else if (!serving && !aborted) {
      served(); // It was held, or was about to be told.
    }
    if (!aborted) {
      whenOver.run();
    }
  }

  /** An operator's signal. */
  void stopping() {
    send(new Frame(Type.STOPPING, 0, ""));
  }

  /** Lets go of the listeners, finishes what was accepted, and exits: the predecessor serves on. */
  private void fail(String reason) {
    if (aborted) {
      return;
    }
    aborted = true;
    world.log.error("can't take over: " + reason + "; exiting with " + ProcessExit.CANT_TAKE_OVER);
    List<ListenerKey> keys = sockets.keys();
    try {
      for (Listener listener : LiveListeners.scan(world.libc, world.bound).handedOver()) {
        DetachedListener.detach(world.libc, listener, world.guard).release();
      }
    } catch (IOException failure) {
      world.log.error("can't stop accepting: " + failure.getMessage());
    }
    sockets.release();
    long quiet = world.options.millis(Option.DRAIN_QUIET);
    long timeout = world.options.millis(Option.DRAIN_TIMEOUT);
    new DrainWatch(
            world.reactor,
            new ConnectionDrain(world.libc, new ArrayList<>(keys), quiet),
            timeout,
            left -> {},
            outcome -> world.exit.exit(ProcessExit.CANT_TAKE_OVER))
        .start();
  }

  private void send(Frame frame) {
    if (orphaned) {
      return;
    }
    try {
      lifeline.send(frame);
    } catch (IOException predecessorGone) {
      world.log.debug("can't send " + frame + ": " + predecessorGone.getMessage());
    }
  }
}
