package io.graceful.restart;

import io.graceful.config.Option;
import io.graceful.drain.ConnectionDrain;
import io.graceful.os.ErrnoException;
import io.graceful.os.JavaSignals;
import io.graceful.os.Libc;
import io.graceful.process.PidFile;
import io.graceful.sockets.Listener;
import io.graceful.sockets.ListenerKey;
import io.graceful.sockets.LiveListeners;
import java.io.IOException;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * What this process is doing, as far as restarts and stops go: the one place that says whether a
 * request is taken or refused. Everything runs on the reactor's thread.
 */
public final class Lifecycle {

  private static final String NO_RESTART = "no restart is under way";
  private static final String OUT_OF_SERVICE = "this process is out of service";
  private static final String STOPPING = "this process is stopping";

  private final Surroundings world;
  private final int generation;
  private final Mover mover;
  private final History history = new History();
  private Takeover takeover;
  private Restart restart;
  private boolean isServing;

  private final Announcer announcer;

  /** Null if there is no pidfile. */
  private final ServingPid servingPid;

  /** Null where there is no systemd. */
  private final MainProcess main;

  /** Null where nobody is told. */
  private FirstAccept firstAccept;

  /** Null when it has been done, or where there is nothing to do. */
  private Runnable beforeReady;

  /** Null where nobody keeps them. */
  private final StoredListeners stored;

  /** Those of the predecessor. */
  private List<ListenerKey> former = Collections.emptyList();

  private LameDuck lameDuck;
  private GracefulStop stop;
  private Progress whoStops = new Progress() {};
  private String disabled;

  /** Why a process that this one has started can't take over; null if it can. */
  private String childless;

  /**
   * @param takeover what is under way in a successor; null in a first generation
   */
  public Lifecycle(Surroundings world, Takeover takeover) {
    this.world = world;
    this.mover = new Mover(world);
    this.takeover = takeover;
    this.generation = takeover == null ? 1 : takeover.generation();
    this.announcer = new Announcer(world, generation);
    String pidfile = world.options.text(Option.PIDFILE);
    this.servingPid =
        pidfile.isEmpty()
            ? null
            : new ServingPid(world, new PidFile(Paths.get(pidfile), world.pid));
    this.main = world.manager == null ? null : new MainProcess(world, generation);
    this.stored =
        world.manager == null || !world.manager.hasStore() ? null : new StoredListeners(world);
  }

  /** Begins what a successor has to do. */
  public void start() {
    if (takeover != null) {
      former = takeover.sockets().keys();
      takeover.start(world, this::onServing, this::onMain, this::onAlone);
      return;
    }
    if (main != null) {
      main.begin();
    }
    if (servingPid != null || announcer.hasListener() || main != null || world.passed != null) {
      firstAccept =
          new FirstAccept(world.libc, world.reactor, world.log, world.bound, this::onAccepting);
      firstAccept.await();
    }
  }

  /**
   * @param action done before anybody is told that this process serves; it may have been done by
   *     then
   */
  public void beforeReady(Runnable action) {
    beforeReady = action;
  }

  /** In a first generation. */
  private void onAccepting(List<ListenerKey> listeners) {
    prepareToBeAsked();
    if (servingPid != null) {
      servingPid.write();
    }
    announcer.tell(Announcer.Event.READY, listeners, 0, "");
    if (main != null && stop == null) {
      main.serves(listeners);
      former = world.passed == null ? former : world.passed.dropStale();
      store();
    }
    if (world.passed != null && !world.passed.unclaimed().isEmpty()) {
      world.log.info(
          "passed by systemd, but not bound by the application: "
              + world.passed.unclaimed()
              + "; their clients wait until it does");
    }
  }

  private void onServing(Outcome outcome) {
    history.add(outcome);
    isServing = true;
    if (servingPid != null) {
      servingPid.write();
    }
    if (takeover == null) {
      tellThatItServes();
    }
  }

  /** The predecessor can't serve again any more. */
  private void onMain() {
    if (main != null) {
      main.begin();
      if (stop != null) {
        main.stopping(stop.signal());
      }
    }
  }

  /** The predecessor is gone, whether it has told so or not. */
  private void onAlone() {
    takeover = null;
    onMain();
    if (isServing) {
      tellThatItServes();
    }
  }

  private void tellThatItServes() {
    if (main == null || stop != null) {
      return;
    }
    prepareToBeAsked();
    try {
      main.serves(listeners());
    } catch (IOException blind) {
      main.serves(Collections.<ListenerKey>emptyList());
    }
    store();
  }

  private void prepareToBeAsked() {
    if (beforeReady != null) {
      beforeReady.run();
      beforeReady = null;
    }
  }

  private void store() {
    if (stored != null) {
      stored.update(former);
      former = Collections.emptyList();
    }
  }

  /** Restarts are refused from now on, with this reason. */
  public void disable(String reason) {
    disabled = reason;
    if (firstAccept != null) {
      firstAccept.countAll();
    }
  }

  /**
   * A process that this one has started can't take over, with this reason; one that something else
   * has started can.
   */
  public void refuseOwnSuccessors(String reason) {
    childless = reason;
  }

  /**
   * @param source for the log: which signal
   */
  public void restartRequested(String source) {
    String refusal = restartRequested(RestartRequest.bySignal(source));
    if (refusal != null && main != null && stop == null) {
      main.refused(refusal);
    }
  }

  /**
   * @return why there is none, or null if it has begun: then the request's progress hears more
   */
  public String restartRequested(RestartRequest request) {
    catchUp();
    String refusal = refusal();
    if (refusal == null && request.newcomer == null) {
      refusal = childless;
    }
    if (refusal != null) {
      world.log.info(request.source + ": restart refused: " + refusal);
      return refusal;
    }
    Restart next =
        new Restart(world, mover, announcer, generation + 1, request, () -> restart = null);
    next.toldTo(history.watching());
    next.toldTo(request.progress);
    if (servingPid != null) {
      next.toldTo(servingPid);
    }
    if (announcer.hasListener()) {
      next.toldTo(announcer.tellingOf(next::keys));
    }
    if (main != null) {
      next.toldTo(main);
      main.restarting(next.readyMillis());
    }
    restart = next;
    next.begin();
    return null;
  }

  /**
   * The successor that is held takes over.
   *
   * @return why it can't, or null if it does: then {@code progress} hears more
   */
  public String commit(Progress progress) {
    catchUp();
    String refusal = restart == null ? NO_RESTART : restart.whyNotCommitted();
    if (refusal != null) {
      return refusal;
    }
    restart.toldTo(progress);
    restart.commit();
    return null;
  }

  /**
   * The successor is sent away, if it has not taken over yet.
   *
   * @return why it can't be, or null if it is
   */
  public String abort() {
    catchUp();
    if (restart == null || !restart.canBeAborted()) {
      return restart == null ? NO_RESTART : restart.describe();
    }
    restart.abort("the operator took it back");
    return null;
  }

  /**
   * Whoever saw the other process end and then asks must not be refused because we have not looked
   * yet.
   */
  private void catchUp() {
    if (restart != null) {
      restart.catchUp();
    }
    if (takeover != null) {
      takeover.catchUp();
    }
  }

  /** May take some 100 ms where there are thousands of connections. */
  public Status status() throws IOException {
    catchUp();
    List<ListenerKey> keys = listeners();
    ConnectionDrain connections =
        new ConnectionDrain(
            world.libc,
            keys,
            world.options.millis(Option.DRAIN_QUIET),
            inode -> lameDuck != null && lameDuck.holds(inode));
    return new Status(
        state(),
        refusal() == null ? childless : refusal(),
        generation,
        keys,
        connections.look(),
        restart == null ? 0 : restart.relayedConnections(),
        restart == null ? 0 : restart.successorPid(),
        history.outcomes());
  }

  /** Also those that this process does not accept on any more, while it has connections of them. */
  private List<ListenerKey> listeners() throws IOException {
    if (restart != null && restart.isPastHandover()) {
      return restart.keys();
    }
    List<ListenerKey> keys = new ArrayList<>(closedListeners());
    keys.addAll(Listener.keys(LiveListeners.scan(world.libc, world.bound).handedOver()));
    return keys;
  }

  private Status.State state() {
    if (stop != null) {
      return Status.State.STOPPING;
    }
    if (restart != null) {
      return restart.state();
    }
    if (lameDuck != null) {
      return Status.State.LAME_DUCK;
    }
    if (takeover != null && !takeover.isReady()) {
      return Status.State.STARTING;
    }
    return disabled == null && world.pid != 1 ? Status.State.SERVING : Status.State.DISABLED;
  }

  private String refusal() {
    if (disabled != null) {
      return disabled;
    }
    if (world.pid == 1) {
      return "this process is PID 1, and its container would end with it";
    }
    return lameDuck == null ? busy() : OUT_OF_SERVICE + ": resume it first";
  }

  /** What goes on that nothing else can go on beside. */
  private String busy() {
    if (stop != null) {
      return STOPPING;
    }
    if (restart != null) {
      return restart.describe();
    }
    return takeover == null ? null : takeover.describe();
  }

  /**
   * New connections are refused from now on, and what is open goes on.
   *
   * @param whenOver gets null when it is so, or why it was given up
   * @return why it can't be done, or null
   */
  public String drain(Consumer<String> whenOver) {
    catchUp();
    String refusal = lameDuck == null ? busy() : OUT_OF_SERVICE + " already";
    if (refusal == null) {
      lameDuck = new LameDuck(world, announcer);
      refusal = lameDuck.begin(problem -> onOutOfService(problem, whenOver));
      lameDuck = refusal == null ? lameDuck : null;
    }
    return refusal;
  }

  private void onOutOfService(String problem, Consumer<String> whenOver) {
    if (problem == null && main != null) {
      main.outOfService();
    }
    whenOver.accept(problem);
  }

  /**
   * Ends what {@link #drain} began.
   *
   * @return why it is not ended, or null
   */
  public String resume() {
    if (stop != null || lameDuck == null) {
      return stop == null ? "this process is in service" : STOPPING;
    }
    String problem = lameDuck.resume();
    lameDuck = problem == null ? null : lameDuck;
    if (problem == null) {
      tellThatItServes();
    }
    return problem;
  }

  /** On which it does not accept, but may have connections. */
  private List<ListenerKey> closedListeners() {
    return lameDuck == null ? Collections.<ListenerKey>emptyList() : lameDuck.keys();
  }

  /**
   * Stops this process as SIGTERM does.
   *
   * @param progress hears how it goes on, if SIGTERM is one of {@code stop.signals}
   * @return why it is not done, or null
   */
  public String stop(Progress progress) {
    catchUp();
    if (stop != null) {
      return STOPPING;
    }
    if (restart != null && restart.isPastHandover()) {
      return restart.describe();
    }
    whoStops = progress;
    try {
      world.libc.kill(world.pid, Libc.SIGTERM);
      return null;
    } catch (ErrnoException impossible) {
      return "can't send SIGTERM: " + impossible.getMessage();
    }
  }

  /**
   * @param signal its name
   * @param previous what the signal did before us
   */
  public void stopRequested(String signal, JavaSignals.Previous previous) {
    if (stop != null) {
      stop.now(signal);
      return;
    }
    if (restart != null && restart.isPastHandover()) {
      restart.stopDraining(signal, previous);
      return;
    }
    if (restart != null) {
      restart.abort("SIG" + signal + " stops this process");
    }
    if (takeover != null) {
      takeover.stopping();
    }
    if (main != null) {
      main.stopping("SIG" + signal);
    }
    stop = new GracefulStop(world, signal, previous, closedListeners(), announcer, whoStops);
    if (lameDuck != null) {
      lameDuck.release(STOPPING);
    }
    stop.begin();
  }
}
