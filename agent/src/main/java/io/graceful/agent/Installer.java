package io.graceful.agent;

import io.graceful.config.AgentVersion;
import io.graceful.config.MovePolicy;
import io.graceful.config.Option;
import io.graceful.config.OptionException;
import io.graceful.config.Options;
import io.graceful.handover.Lifeline;
import io.graceful.hooks.Hooks;
import io.graceful.log.Log;
import io.graceful.move.Tickets;
import io.graceful.os.Arch;
import io.graceful.os.JavaBase;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.os.Reactor;
import io.graceful.os.ResourceLimits;
import io.graceful.process.LaunchCommand;
import io.graceful.process.Launcher;
import io.graceful.restart.Binder;
import io.graceful.restart.Lifecycle;
import io.graceful.restart.ProcessExit;
import io.graceful.restart.Surroundings;
import io.graceful.restart.Takeover;
import io.graceful.sockets.BoundSockets;
import io.graceful.sockets.EarlierListeners;
import io.graceful.sockets.InheritedSockets;
import java.io.File;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.function.BiConsumer;

/**
 * Puts the agent together. What must be done before the app starts is done at once; the rest, and
 * everything native in a first generation, goes to a thread of its own.
 */
public final class Installer
    implements BiConsumer<String, Instrumentation>, Runnable, Hooks.Observer {

  private static final String DIED_EARLY = " died before it handed over";
  private static final String FIRST_AFTER_ALL = ": starting as a first generation";

  /** Late enough not to compete with the application's start. */
  private static final long PRELOAD_MILLIS = 3000;

  /** Likewise; the operator may be waiting for it, though. */
  private static final long CONTROL_MILLIS = 500;

  /**
   * Compiling what ran at the start, on JDK 25 the writing of classes for lambdas above all, takes
   * several MB more than it then needs. The JVM gives them to the C library 5 s later at most
   * (hotspot's ChunkPoolCleaner), which keeps them.
   */
  private static final long TRIM_MILLIS = 10_000;

  /** Whether the application was there before us. */
  private final boolean late;

  private Instrumentation instrumentation;
  private File jar;
  private final BoundSockets bound = new BoundSockets();
  private int pid;
  private Log log = new Log(0, Log.Level.INFO);
  private Options options;
  private LaunchCommand command;
  private Hooks hooks;
  private Libc libc;
  private Throwable unloadable;

  private CaughtSignals signals;

  /** In a successor it is set from premain on. */
  private RestartTrap trap;

  /** Whether another process serves until this one does. */
  private boolean successor;

  /** Null where this process was not started by systemd. */
  private Service service;

  /** Null if systemd listens on nothing for this process. */
  private InheritedSockets passed;

  private Takeover takeover;
  private volatile Reactor reactor;
  private volatile Lifecycle lifecycle;
  private volatile String hookProblem;
  private volatile boolean hooked;

  /** For a JVM that starts. */
  public Installer() {
    this(false);
  }

  Installer(boolean late) {
    this.late = late;
  }

  /** Called by premain. Never throws; in a successor that can't take over it ends the process. */
  @Override
  public void accept(String arguments, Instrumentation jvm) {
    instrumentation = jvm;
    successor = !late && Lifeline.isInherited();
    try {
      prepare(arguments);
    } catch (OptionException wrong) {
      giveUp(wrong.getMessage());
    } catch (Throwable failure) {
      giveUp(Failures.inWords(failure));
    }
  }

  /** Whether systemd wants to hear of this process, or listens for it. */
  private boolean isService() {
    return command != null
        && (command.variable("NOTIFY_SOCKET") != null || command.variable("LISTEN_PID") != null);
  }

  /** Whether it is the main process of a unit that does not want to hear of another one. */
  private boolean endsWithItsService() {
    return String.valueOf(pid).equals(command.variable("SYSTEMD_EXEC_PID"))
        && command.variable("NOTIFY_SOCKET") == null;
  }

  private void prepare(String arguments) throws Throwable {
    jar = new File(Installer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Arch.current();
    command = LaunchCommand.ofThisProcess();
    pid = ProcFs.pid();
    log = new Log(pid, Log.Level.INFO);
    if (late) {
      command = command.withAgent(jar, arguments);
    }
    if (isService()) {
      loadLibc();
      service = new Service(command, pid, libc);
      if (!late) {
        service.hideVariables(log, instrumentation);
      }
    }
    options = Options.read(arguments, command.variables(Options.VARIABLE_PREFIX));
    log =
        new Log(
            pid,
            Log.Level.valueOf(options.text(Option.LOG_LEVEL).toUpperCase(java.util.Locale.ROOT)));
    signals = new CaughtSignals(log);
    signals.catchThem(options);
    Binder binder = new Binder(bound, log);
    hooks = new Hooks(instrumentation, binder, this);
    if (successor) {
      prepareToTakeOver();
      takeOver(Lifeline.inherited(libc), binder);
      if (takeover == null) {
        log.error("the process that started this one" + DIED_EARLY + FIRST_AFTER_ALL);
      }
    } else if (!late && !options.text(Option.TAKEOVER).isEmpty()) {
      takeOverFrom(options.text(Option.TAKEOVER), binder);
    }
    if (service != null && takeover == null && !late) {
      takeWhatSystemdPassed(binder);
    }
    if (!MovePolicy.parse(options.text(Option.MOVE)).movesNothing()) {
      hooks.expectGuard();
    }
    hooks.install();
    hooks.changeLoaded(); // Before the application binds what another agent has loaded.
    startThread(this);
  }

  static void startThread(Runnable task) {
    Thread thread = new Thread(task, "graceful");
    thread.setDaemon(true);
    thread.start();
  }

  private void takeOverFrom(String named, Binder binder) throws Throwable {
    successor = true; // While it is not clear that nobody serves, nothing may start beside it.
    TakeoverTarget target = TakeoverTarget.find(named, pid);
    Lifeline lifeline = null;
    if (target.absence() == null) {
      prepareToTakeOver();
      lifeline = target.ask(libc, options.millis(Option.HOOK_TIMEOUT));
    }
    if (lifeline != null) {
      takeOver(lifeline, binder);
    }
    if (takeover == null) {
      successor = false;
      String absence = target.absence() == null ? target + DIED_EARLY : target.absence();
      log.info("takeover=" + named + ": " + absence + FIRST_AFTER_ALL);
    }
  }

  private void prepareToTakeOver() throws Throwable {
    loadLibc();
    if (RestartTrap.isWanted(options)) {
      trap = RestartTrap.set(libc, log); // Counts from here on; answered later.
    }
  }

  private void takeOver(Lifeline lifeline, Binder binder) throws Throwable {
    takeover = Takeover.receive(libc, lifeline, pid, AgentVersion.text());
    if (takeover == null) {
      return;
    }
    binder.inherit(libc, takeover.sockets());
    Tickets tickets = new Tickets(libc, log);
    hooks.watchAccepts(tickets);
    takeover.takeConnections(tickets);
    if (takeover.sockets().hasPaths()) {
      hooks.keepFiles(takeover.sockets()::keepsPath);
    }
  }

  private void takeWhatSystemdPassed(Binder binder) throws IOException {
    passed = service.listeners();
    if (passed != null) {
      binder.inherit(libc, passed);
      if (passed.hasPaths()) {
        hooks.keepFiles(passed::keepsPath);
      }
    }
  }

  /** Once; what went wrong the first time is thrown again. */
  private void loadLibc() throws Throwable {
    if (unloadable != null) {
      throw unloadable;
    }
    if (libc != null) {
      return;
    }
    try {
      if (Libc.needsOpenJavaBase()) {
        JavaBase.openToUs(instrumentation);
      }
      libc = Libc.load(jar.getParentFile());
    } catch (Throwable failure) {
      unloadable = failure;
      throw failure;
    }
  }

  private void giveUp(String reason) {
    if (ProcessExit.hasBegun()) {
      return; // A program that ends as soon as it has started: there is nothing to restart.
    }
    if (successor) {
      log.error("can't take over: " + reason + "; exiting with " + ProcessExit.CANT_TAKE_OVER);
      Runtime.getRuntime().halt(ProcessExit.CANT_TAKE_OVER);
    }
    String warning = refuseRestarts(reason);
    if (!ProcessExit.hasBegun()) {
      log.error("restarts are disabled, the application runs on: " + reason + warning);
    }
  }

  /**
   * @return empty if SIGUSR2 is answered with the reason from now on; else what the operator must
   *     know
   */
  private String refuseRestarts(String reason) {
    if (signals != null) {
      signals.refuse(reason);
    }
    try {
      loadLibc();
      new RefusedRestarts(libc, log, pid, reason).start(service);
      return "";
    } catch (Throwable failure) {
      String why = Failures.inWords(failure);
      return "; don't send SIGUSR2: nothing catches it, and the JVM may crash"
          + (isService()
              ? "; systemd is not told that it is ready, so use Type=exec meanwhile"
              : "")
          + (reason.equals(why) ? "" : " (" + why + ")");
    }
  }

  /** The agent's thread. */
  @Override
  public void run() {
    try {
      loadLibc();
      if (takeover != null) {
        hooks.prepareBind(); // Beside the application's start.
      }
      reactor = new Reactor(libc, new FailureLog(log));
      ProcessExit exit = new ProcessExit(log, options.millis(Option.SHUTDOWN_TIMEOUT));
      ResourceLimits limits = ResourceLimits.current(libc);
      boolean ofSystemd = service != null && service.isOfSystemd();
      Launcher starter =
          new Launcher(libc, command, limits, options.text(Option.CWD), ofSystemd, log);
      Surroundings world =
          new Surroundings(
              pid,
              options,
              log,
              libc,
              reactor,
              bound,
              hooks,
              starter,
              exit,
              service == null ? null : service.manager(reactor, log, takeover != null),
              passed);
      lifecycle = new Lifecycle(world, takeover);
      if (endsWithItsService()) {
        lifecycle.refuseOwnSuccessors(
            "systemd takes this process for the whole service, and would stop the new one with it:"
                + " set Type=notify, or NotifyAccess=main, in the unit");
      }
      if (late) {
        noteEarlierListeners();
      }
      signals.obey(reactor, lifecycle);
      if (trap == null && RestartTrap.isWanted(options)) {
        trap = RestartTrap.set(libc, log);
      }
      if (trap != null) {
        trap.obey(reactor, lifecycle);
      }
      lifecycle.start();
      if (hookProblem != null) {
        lifecycle.disable(hookProblem);
      }
      if (hooked) {
        runSelfTest();
      }
      boolean control = options.text(Option.CONTROL).equals("on");
      if (control) {
        Runnable opening = new ControlOpening(libc, reactor, lifecycle, log, pid);
        lifecycle.beforeReady(opening);
        reactor.after(CONTROL_MILLIS, opening);
      }
      reactor.after(PRELOAD_MILLIS, new Preload(jar, control, log));
      if (!late) {
        reactor.after(
            TRIM_MILLIS,
            new Runnable() { // No lambda: the first one costs a JVM several MB.
              @Override
              public void run() {
                libc.trimHeap();
              }
            });
      }
    } catch (Throwable failure) {
      successor = takeover != null;
      giveUp(Failures.inWords(failure));
      return;
    }
    reactor.run();
  }

  private void noteEarlierListeners() throws IOException {
    EarlierListeners earlier =
        new EarlierListeners(libc, command::names, command::offersToDebugger);
    earlier.record(bound);
    log.info("loaded while the application runs, to hand over " + earlier);
  }

  /** On a thread that loads a class: the test must wait until the class is there. */
  @Override
  public void onHooked() {
    hooked = true;
    Reactor running = reactor;
    if (running != null) {
      running.post(this::runSelfTest);
    }
  }

  private void runSelfTest() {
    String problem = hooks.selfTest();
    if (problem != null) {
      onHookProblem(problem);
    }
  }

  @Override
  public void onHookProblem(String problem) {
    log.error(
        "this Java is not as expected, restarts are disabled and the application runs on: "
            + problem);
    hookProblem = problem; // The agent's thread looks at it when it has made the lifecycle.
    Lifecycle running = lifecycle;
    if (running != null) {
      reactor.post(() -> running.disable(problem));
    }
  }
}
