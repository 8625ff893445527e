package io.graceful.agent;

import io.graceful.config.AgentVersion;
import io.graceful.config.MovePolicy;
import io.graceful.config.Option;
import io.graceful.config.OptionException;
import io.graceful.config.Options;
import io.graceful.control.ControlDirectory;
import io.graceful.control.ControlServer;
import io.graceful.control.Message;
import io.graceful.control.SocketName;
import io.graceful.handover.Lifeline;
import io.graceful.hooks.Hooks;
import io.graceful.log.Log;
import io.graceful.move.Tickets;
import io.graceful.os.Arch;
import io.graceful.os.JavaBase;
import io.graceful.os.JavaSignals;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.os.Reactor;
import io.graceful.os.ResourceLimits;
import io.graceful.os.SignalTrap;
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
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.function.BiConsumer;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

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

  /** What counts SIGUSR2 in a successor, from premain on; -1 while there is none. */
  private int trap = -1;

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
      giveUp(inWords(failure));
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

  private static String inWords(Throwable failure) {
    if (failure.getMessage() == null && failure.getCause() != null) {
      return inWords(failure.getCause());
    }
    boolean ours =
        failure instanceof IOException || failure instanceof UnsupportedOperationException;
    return ours && failure.getMessage() != null ? failure.getMessage() : failure.toString();
  }

  private void prepare(String arguments) throws Throwable {
    jar = new File(Installer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Arch.current();
    pid = ProcFs.pid();
    log = new Log(pid, Log.Level.INFO);
    command = LaunchCommand.ofThisProcess();
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
    if (successor || passed != null) {
      hooks.changeLoaded(); // Before the first bind; a first generation has time.
    }
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
    if (options.signals(Option.RESTART_SIGNAL).contains("USR2")) {
      trap = SignalTrap.install(libc, Libc.SIGUSR2); // Counts from here on; answered later.
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
    try {
      loadLibc();
      new RefusedRestarts(libc, log, pid, reason).start(service);
      return "";
    } catch (Throwable failure) {
      String why = inWords(failure);
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
      Launcher starter = new Launcher(libc, command, limits, options.text(Option.CWD), log);
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
      if (takeover == null) {
        hooks.changeLoaded();
      }
      if (late) {
        noteEarlierListeners();
      }
      catchRestartSignals();
      catchStopSignals();
      lifecycle.start();
      if (hookProblem != null) {
        onHookProblem(hookProblem);
      }
      if (hooked) {
        runSelfTest();
      }
      if (hasControl()) {
        reactor.after(
            CONTROL_MILLIS,
            new Runnable() {
              @Override
              public void run() {
                openControlSocket();
              }
            });
      }
      reactor.after(
          PRELOAD_MILLIS,
          new Runnable() {
            @Override
            public void run() {
              preload();
            }
          });
    } catch (Throwable failure) {
      successor = takeover != null;
      giveUp(inWords(failure));
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

  private boolean hasControl() {
    return options.text(Option.CONTROL).equals("on");
  }

  private void openControlSocket() {
    try {
      int user = libc.effectiveUser();
      Path directory =
          ControlDirectory.prepare(
              ControlDirectory.candidates(System.getenv("XDG_RUNTIME_DIR"), user), user);
      SocketName name = new SocketName(pid, ProcFs.startTime());
      ControlRequests requests =
          new ControlRequests(
              libc,
              new ProgramName(System.getProperty("sun.java.command")),
              ProcFs.startedAt(),
              pid,
              AgentVersion.text(),
              lifecycle);
      ControlServer.open(libc, reactor, log, directory, name, requests);
      name.in(directory).toFile().deleteOnExit();
    } catch (IOException | RuntimeException refused) {
      log.info("no control socket, signals work all the same: " + inWords(refused));
    }
  }

  /**
   * So that a restart works after the jar was overwritten in place, when nothing can be read from
   * it any more, and has less to do.
   */
  private void preload() {
    String prefix = "inst/io/graceful/";
    String commandLine = prefix + "cli/";
    String supervisor = prefix + "supervisor/";
    try (JarFile own = new JarFile(jar)) {
      for (Enumeration<JarEntry> entries = own.entries(); entries.hasMoreElements(); ) {
        String name = entries.nextElement().getName();
        if (name.startsWith(prefix)
            && name.endsWith(".class")
            && !name.startsWith(commandLine)
            && !name.startsWith(supervisor)) {
          String type =
              name.substring("inst/".length(), name.length() - ".class".length()).replace('/', '.');
          Class.forName(type, false, Installer.class.getClassLoader());
        }
      }
      if (hasControl()) {
        Message.preload();
      }
      log.debug("ready for restarts");
    } catch (IOException | ClassNotFoundException | LinkageError unreadable) {
      log.error("can't read " + jar + " any more, a restart may fail: " + unreadable);
    }
  }

  private void catchRestartSignals() throws IOException {
    for (String signal : options.signals(Option.RESTART_SIGNAL)) {
      if (signal.equals("USR2")) {
        watchTrap(trap >= 0 ? trap : SignalTrap.install(libc, Libc.SIGUSR2));
      } else {
        catchSignal(signal, "restart", () -> lifecycle.restartRequested("SIG" + signal));
      }
    }
  }

  private void watchTrap(int counter) {
    reactor.watch(
        counter,
        new Runnable() {
          @Override
          public void run() {
            libc.take(counter);
            lifecycle.restartRequested("SIGUSR2");
          }
        });
  }

  private void catchStopSignals() {
    for (String signal : options.signals(Option.STOP_SIGNALS)) {
      StopRequest request = new StopRequest(signal);
      request.previous = catchSignal(signal, "graceful stop", request);
    }
  }

  private final class StopRequest implements Runnable {
    private final String signal;

    /** Set on the thread that runs this, which is the reactor's. */
    private JavaSignals.Previous previous;

    StopRequest(String signal) {
      this.signal = signal;
    }

    @Override
    public void run() {
      lifecycle.stopRequested(signal, previous);
    }
  }

  private JavaSignals.Previous catchSignal(String signal, String purpose, Runnable onReactor) {
    try {
      return JavaSignals.handle(
          signal,
          new Runnable() {
            @Override
            public void run() {
              reactor.post(onReactor);
            }
          });
    } catch (UnsupportedOperationException taken) {
      log.info("no " + purpose + " by SIG" + signal + ": " + taken.getMessage());
      return null;
    }
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
    Lifecycle running = lifecycle;
    if (running != null) {
      running.disable(problem);
    } else {
      hookProblem = problem;
    }
  }
}
