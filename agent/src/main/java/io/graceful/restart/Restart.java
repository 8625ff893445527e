package io.graceful.restart;

import io.graceful.config.Durations;
import io.graceful.config.Option;
import io.graceful.handover.Frame;
import io.graceful.handover.Frame.Type;
import io.graceful.handover.Lifeline;
import io.graceful.os.FreeDescriptors;
import io.graceful.os.IoUring;
import io.graceful.os.JavaSignals;
import io.graceful.os.Libc;
import io.graceful.os.Reactor;
import io.graceful.process.OtherCommand;
import io.graceful.process.SuccessorProcess;
import io.graceful.sockets.Accepting;
import io.graceful.sockets.Listener;
import io.graceful.sockets.ListenerKey;
import io.graceful.sockets.LiveListeners;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One restart, as the predecessor sees it: start the successor, give it the listeners, wait until
 * it accepts, let go of them, drain, exit. Until the successor is ready nothing changes here, and
 * afterwards the listeners are kept at hand: so whenever it dies, this process serves on.
 */
final class Restart implements Departure.Owner {

  private enum Phase {
    /** The successor's JVM starts. */
    BOOTING,
    /** It has the listeners; the app in it starts. */
    STARTING,
    /** Both accept; the operator decides how it goes on. */
    HELD,
    /** It accepts; this process doesn't any more. */
    DRAINING,
    /** The shutdown hooks run. */
    EXITING,
    /** The restart was taken back, and the successor is on its way out. */
    ABORTING
  }

  /** Between the end of the lifeline and the end of its process, normally some microseconds. */
  private static final long LAST_BREATH_MILLIS = 2000;

  /** A successor that drops listeners decides so at the end of ready.timeout by its own clock. */
  private static final long DROP_GRACE_MILLIS = 5000;

  private static final long REAP_MILLIS = 20;

  /**
   * Free ones that a restart begins with, and one more for each listener: about twice what it has
   * open at any time, as the app goes on opening some.
   */
  private static final int DESCRIPTORS = 16;

  private static final int ACCEPT_LOOKS = 10;

  /** An agent that has said why it can't take over. */
  private static final String GAVE_UP = "exited with " + ProcessExit.CANT_TAKE_OVER;

  private final Surroundings world;
  private final Mover mover;
  private final Announcer announcer;
  private final int generation;
  private final boolean hold;
  private final OtherCommand command;
  private final Newcomer newcomer;
  private final String readyTimeout;
  private final Audience audience = new Audience();
  private final Runnable whenOver;
  private final long started = System.nanoTime();
  private final boolean mayDrop;
  private final Map<ListenerKey, Boolean> claimed = new LinkedHashMap<>();
  private final DetachedListeners detached;
  private final Departure departure;
  private Phase phase = Phase.BOOTING;
  private List<Listener> listeners = new ArrayList<>();
  private Lifeline lifeline;
  private SuccessorProcess successor;
  private Reactor.Timer deadline;
  private boolean withConnections;
  private boolean hasLeft;
  private boolean isOver;
  private boolean stoppedByOperator;

  /** The successor has ended, and this process does not serve again. */
  private boolean isAlone;

  /** What the first stop signal that came in the drain did before us; null if none has come. */
  private Runnable stopping;

  /**
   * @param generation of the new process
   */
  Restart(
      Surroundings world,
      Mover mover,
      Announcer announcer,
      int generation,
      RestartRequest request,
      Runnable whenOver) {
    this.world = world;
    this.mover = mover;
    this.announcer = announcer;
    this.generation = generation;
    this.hold = request.hold;
    this.command = request.command;
    this.newcomer = request.newcomer;
    this.readyTimeout =
        request.readyTimeout == null
            ? world.options.text(Option.READY_TIMEOUT)
            : request.readyTimeout;
    this.whenOver = whenOver;
    this.detached = new DetachedListeners(world);
    this.departure = new Departure(world, mover, this);
    this.mayDrop = world.options.text(Option.UNCLAIMED).equals("drop");
  }

  /** For the refusal of another one. */
  String describe() {
    switch (phase) {
      case BOOTING:
      case STARTING:
        if (successor == null) {
          return "one is under way already, the hook is asked whether it may begin";
        }
        return "one is under way already, pid " + successor.pid() + " is starting";
      case HELD:
        return "one is held: commit it, or abort it";
      case ABORTING:
        return "the last one was taken back, and pid " + successor.pid() + " has not ended yet";
      default:
        return "this process is draining, pid " + successor.pid() + " serves now: ask that one";
    }
  }

  /** How long the successor may take to be ready. */
  long readyMillis() {
    return Durations.parse(readyTimeout) + (mayDrop ? DROP_GRACE_MILLIS : 0);
  }

  boolean isPastHandover() {
    return phase == Phase.DRAINING || phase == Phase.EXITING;
  }

  /** Those that the successor has, or is to have. */
  List<ListenerKey> keys() {
    return Listener.keys(listeners);
  }

  /** Connections that are in the relay's hands. */
  int relayedConnections() {
    return departure.size();
  }

  /** 0 as long as there is none. */
  int successorPid() {
    return successor == null ? 0 : successor.pid();
  }

  /** From now on it is told how this goes on. */
  void toldTo(Progress member) {
    audience.join(member);
  }

  /** Null if it can be committed: it is held. */
  String whyNotCommitted() {
    if (isPastHandover()) {
      return "pid " + successor.pid() + " has taken over already";
    }
    if (stoppedByOperator) {
      return "pid " + successor.pid() + " got a stop signal";
    }
    return phase == Phase.HELD ? null : describe();
  }

  /** The successor that is held takes over. */
  void commit() {
    handOver();
  }

  boolean canBeAborted() {
    return phase == Phase.BOOTING || phase == Phase.STARTING || phase == Phase.HELD;
  }

  Status.State state() {
    if (isPastHandover()) {
      return Status.State.DRAINING;
    }
    return phase == Phase.HELD ? Status.State.HELD : Status.State.RESTARTING;
  }

  void begin() {
    try {
      FreeDescriptors.require(world.libc, DESCRIPTORS);
      LiveListeners live = LiveListeners.scan(world.libc, world.bound);
      listeners = live.handedOver();
      FreeDescriptors.require(world.libc, DESCRIPTORS + listeners.size());
      for (Listener foreign : live.leftOut()) {
        world.log.debug("not handed over: " + foreign + " was bound by native code");
      }
      if (listeners.isEmpty()) {
        throw new IOException("there is no listening socket to hand over");
      }
      refuseInvisibleAccepts();
      announcer.ask(Announcer.Event.BEFORE_RESTART, keys(), 0, "", this::onAllowed);
    } catch (IOException | RuntimeException | Error failure) {
      beginFailed(failure);
    }
  }

  /**
   * @param problem null if there is none
   */
  private void onAllowed(String problem) {
    if (phase != Phase.BOOTING) {
      return; // Taken back meanwhile.
    }
    if (problem != null) {
      giveUp(problem);
      return;
    }
    try {
      mover.prepare();
      startSuccessor();
    } catch (IOException | RuntimeException | Error failure) {
      beginFailed(failure);
    }
  }

  /** Of an error without words of its own, such as one of memory, the name is told too. */
  private void beginFailed(Throwable failure) {
    if (phase != Phase.BOOTING) {
      return; // It was taken back, and to say so failed in its turn.
    }
    String words = failure.getMessage();
    boolean bare = words == null || failure instanceof VirtualMachineError;
    String reason = bare ? failure.toString() : words;
    if (successor == null) {
      giveUp(reason);
    } else {
      abort(reason);
      pollSuccessor(); // It may not be watched yet.
    }
  }

  /** Else, if there is no memory left to say so, no other restart could ever begin. */
  private void giveUp(String reason) {
    try {
      failed(reason, "still serving");
    } finally {
      over();
    }
  }

  private void failed(String reason, String now) {
    world.log.error("restart failed: " + reason + "; " + now + on(listeners));
    audience.failed(reason);
  }

  /** They would go on here, and not be seen in the successor. */
  private void refuseInvisibleAccepts() throws IOException {
    if (!IoUring.isInUse(world.libc)) {
      return;
    }
    List<Integer> rest = new ArrayList<>();
    for (Listener listener : listeners) {
      rest.add(listener.descriptor());
    }
    // A thread is somewhere else between two accepts.
    for (int look = 0; look < ACCEPT_LOOKS && !rest.isEmpty(); look++) {
      rest = Accepting.notYet(world.libc, rest);
    }
    if (!rest.isEmpty()) {
      throw new IOException(
          "the application accepts through io_uring, which no other process can take over: make it"
              + " use epoll");
    }
  }

  private void startSuccessor() throws IOException {
    Lifeline[] ends = Lifeline.pair(world.libc);
    lifeline = ends[0];
    try {
      successor =
          newcomer == null
              ? world.starter.start(ends[1].fd(), command)
              : newcomer.join(ends[1].fd());
    } finally {
      ends[1].close();
    }
    String pid = "pid " + successor.pid();
    world.log.info(
        "restart: " + (newcomer == null ? "started " + pid : pid + " has asked to take over"));
    audience.spawned(successor.pid());
    world.reactor.watch(lifeline.fd(), this::onLifeline);
    if (successor.handle() >= 0) {
      world.reactor.watch(successor.handle(), this::onSuccessorEnd);
    } else {
      world.reactor.after(REAP_MILLIS, this::pollSuccessor);
    }
    deadline = world.reactor.after(readyMillis(), this::onReadyTimeout);
  }

  private void onLifeline() {
    try {
      for (Lifeline.Received received = lifeline.receive();
          received != null;
          received = lifeline.receive()) {
        if (received.fd >= 0) {
          world.libc.close(received.fd); // Nothing that it may say comes with one.
        }
        onFrame(received.frame);
      }
    } catch (EOFException closed) {
      world.reactor.unwatch(lifeline.fd());
      world.reactor.after(LAST_BREATH_MILLIS, this::onLastBreath);
    } catch (IOException broken) {
      world.reactor.unwatch(lifeline.fd());
      abort("can't talk to pid " + successor.pid() + ": " + broken.getMessage());
    }
  }

  private void onFrame(Frame frame) throws IOException {
    if (frame.type() == Type.HELLO && phase == Phase.BOOTING) {
      audience.agentStarted();
      offerListeners();
    } else if (frame.type() == Type.CLAIMED && phase == Phase.STARTING) {
      onClaimed(ListenerKey.parse(frame.text()));
    } else if (frame.type() == Type.READY && phase == Phase.STARTING && !stoppedByOperator) {
      withConnections = frame.number() == Frame.TAKES_CONNECTIONS;
      onReady();
    } else if (frame.type() == Type.TAKEN && departure.isMoving()) {
      departure.taken(frame.number());
    } else if (frame.type() == Type.REJECTED && departure.isMoving()) {
      departure.rejected(frame.number(), frame.text());
    } else if (frame.type() == Type.SPEAKS_HTTP) {
      departure.speaksHttp(ListenerKey.parse(frame.text()));
    } else if (frame.type() == Type.STOPPING) {
      stoppedByOperator = true;
      detached.release(); // Else clients would wait for nobody when the successor lets go of them.
    } else {
      world.log.debug(
          "pid " + successor.pid() + " sent " + frame + " while " + phase + ": ignored");
    }
  }

  private void onClaimed(ListenerKey listener) throws IOException {
    if (claimed.replace(listener, true) == null) {
      throw new IOException("it claims " + listener + ", which it was not offered");
    }
    world.log.debug("pid " + successor.pid() + " claimed " + listener);
    audience.claimed(listener, Collections.frequency(claimed.values(), true), claimed.size());
  }

  private void offerListeners() throws IOException {
    lifeline.send(new Frame(Type.LISTENERS, listeners.size(), String.valueOf(generation)));
    for (Listener listener : listeners) {
      claimed.put(listener.key(), false);
      lifeline.send(new Frame(Type.LISTENER, 0, listener.key().text()), listener.descriptor());
    }
    phase = Phase.STARTING;
  }

  private void onReady() {
    deadline.cancel();
    audience.accepting(successor.pid());
    if (hold) {
      phase = Phase.HELD;
      world.log.info("pid " + successor.pid() + " is ready and held: both serve");
      audience.held(successor.pid());
    } else {
      handOver();
    }
  }

  private void handOver() {
    phase = Phase.DRAINING;
    try {
      detached.detach(listeners, this::isPastHandover);
      lifeline.send(new Frame(Type.HANDED_OVER, 0, ""));
    } catch (IOException failure) {
      takeBack();
      phase = Phase.STARTING;
      abort("can't hand over: " + failure.getMessage());
      return;
    }
    List<ListenerKey> keys = new ArrayList<>(claimed.keySet());
    long elapsed = (System.nanoTime() - started) / 1_000_000;
    world.log.info("handed over to pid " + successor.pid() + " after " + elapsed + " ms; draining");
    audience.handedOver(successor.pid());
    departure.begin(keys, withConnections);
  }

  /** On the relay's thread: a packet is sent whole, whoever else sends one. */
  @Override
  public void send(int id, ListenerKey key, int connection) throws IOException {
    lifeline.send(new Frame(Type.CONNECTION, id, key.text()), connection);
  }

  @Override
  public void waitsFor(int moved, int left) {
    audience.draining(moved, left);
  }

  @Override
  public void ends() {
    phase = Phase.EXITING;
  }

  @Override
  public void ended(String summary) {
    leave(summary);
  }

  /**
   * A stop signal: this process does not serve again, and what is in progress has {@code
   * stop.timeout} left. A second one leaves it nothing.
   */
  void stopDraining(String signal, JavaSignals.Previous previous) {
    if (stopping != null || phase == Phase.EXITING) {
      world.log.info("SIG" + signal + ": stopping at once, as another process serves already");
      leave();
      GracefulStop.proceed(signal, previous);
      return;
    }
    world.log.info(
        "SIG"
            + signal
            + ": stopping, as another process serves already, when nothing is in progress any more");
    stopping = () -> GracefulStop.proceed(signal, previous);
    detached.release();
    departure.hurry(world.options.millis(Option.STOP_TIMEOUT));
  }

  private void exit() {
    if (stopping == null) {
      world.exit.exit(0);
    } else {
      stopping.run();
    }
  }

  private void leave(String summary) {
    world.log.info(summary + "; exiting");
    leave();
    detached.letAcceptorsBeWoken();
    announcer.ask(Announcer.Event.EXITING, keys(), successor.pid(), "", failed -> exit());
  }

  /** This process exits, and can't serve again any more. */
  void leave() {
    if (hasLeft) {
      return;
    }
    hasLeft = true;
    if (successor.end() != null) {
      return;
    }
    audience.done();
    try {
      lifeline.send(new Frame(Type.EXITING, 0, ""));
    } catch (IOException deaf) {
      world.log.debug("pid " + successor.pid() + " does not hear that this process exits");
    }
  }

  private void onReadyTimeout() {
    abort("pid " + successor.pid() + " was not ready within " + readyTimeout + ": " + missing());
  }

  private String missing() {
    if (phase == Phase.BOOTING) {
      return "its JVM did not start the agent";
    }
    List<ListenerKey> unclaimed = new ArrayList<>();
    claimed.forEach(
        (key, done) -> {
          if (!done) unclaimed.add(key);
        });
    return unclaimed.isEmpty() ? "it bound but does not accept" : "it did not bind " + unclaimed;
  }

  /**
   * Takes the restart back while the successor is not ready yet; it may have accepted connections
   * already.
   */
  void abort(String reason) {
    if (!canBeAborted()) {
      return;
    }
    if (successor == null) {
      phase = Phase.ABORTING;
      giveUp(reason);
      return;
    }
    failed(reason, "still serving");
    if (deadline != null) {
      deadline.cancel();
    }
    boolean heard = phase != Phase.BOOTING;
    phase = Phase.ABORTING;
    try {
      lifeline.send(new Frame(Type.ABORT, 0, reason));
    } catch (IOException deaf) {
      heard = false;
    }
    // Time for the requests that it has accepted; then for its shutdown hooks; then none.
    long drainMillis = heard ? world.options.millis(Option.DRAIN_TIMEOUT) : 0;
    world.reactor.after(drainMillis, () -> successor.signal(Libc.SIGTERM));
    world.reactor.after(
        drainMillis + world.options.millis(Option.SHUTDOWN_TIMEOUT),
        () -> successor.signal(Libc.SIGKILL));
  }

  /** Looks now whether the successor has ended. */
  void catchUp() {
    if (successor != null) {
      onSuccessorEnd();
    }
  }

  private void pollSuccessor() {
    onSuccessorEnd();
    if (successor.end() == null) {
      world.reactor.after(REAP_MILLIS, this::pollSuccessor);
    }
  }

  private void onLastBreath() {
    if (successor.end() == null) {
      abort("pid " + successor.pid() + " closed the connection to this process");
    }
  }

  private void onSuccessorEnd() {
    String end = successor.end();
    if (end == null || isOver) {
      return;
    }
    world.reactor.unwatch(successor.handle());
    if (phase == Phase.EXITING || isAlone) {
      return;
    }
    String who = "pid " + successor.pid() + " " + end;
    if (phase == Phase.DRAINING && (stoppedByOperator || stopping != null)) {
      world.log.info(
          who
              + (stoppedByOperator ? " as it was told to" : "")
              + "; exiting too, when nothing is in progress any more");
      isAlone = true;
      departure.moveNoMore();
      departure.hurry(world.options.millis(Option.STOP_TIMEOUT));
      return;
    }
    if (phase == Phase.DRAINING) {
      takeBack();
      failed(who + " after it took over", "serving again");
    } else if (phase == Phase.ABORTING) {
      world.log.info(who);
    } else {
      failed(who + when(), "still serving");
    }
    over();
  }

  /** The successor has ended. */
  private String when() {
    if (phase == Phase.HELD) {
      return " while it was held";
    }
    boolean agentMayHaveStarted =
        phase != Phase.BOOTING
            || newcomer != null
            || GAVE_UP.equals(successor.end())
            || SuccessorProcess.ENDED.equals(successor.end());
    if (agentMayHaveStarted) {
      return " before it was ready";
    }
    return command == null
        ? " before its agent had started"
        : " before its agent had started: is the -javaagent on its command line?";
  }

  private void takeBack() {
    departure.takeBack();
    detached.reattach();
  }

  private void over() {
    isOver = true;
    if (deadline != null) {
      deadline.cancel();
    }
    if (lifeline != null) {
      world.reactor.unwatch(lifeline.fd());
      lifeline.close();
    }
    phase = Phase.ABORTING;
    whenOver.run();
  }

  private static String on(List<Listener> listeners) {
    return listeners.isEmpty() ? "" : " on " + listeners.toString().replaceAll("[\\[\\]]", "");
  }
}
