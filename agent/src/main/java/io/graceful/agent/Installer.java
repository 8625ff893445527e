package io.graceful.agent;

import io.graceful.cli.Usage;
import io.graceful.config.Option;
import io.graceful.config.OptionException;
import io.graceful.config.Options;
import io.graceful.handover.Lifeline;
import io.graceful.hooks.Hooks;
import io.graceful.log.Log;
import io.graceful.os.Arch;
import io.graceful.os.JavaBase;
import io.graceful.os.JavaSignals;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.os.Reactor;
import io.graceful.os.ResourceLimits;
import io.graceful.os.SignalTrap;
import io.graceful.process.LaunchCommand;
import io.graceful.process.SameCommand;
import io.graceful.restart.Binder;
import io.graceful.restart.Lifecycle;
import io.graceful.restart.ProcessExit;
import io.graceful.restart.Surroundings;
import io.graceful.restart.Takeover;
import io.graceful.sockets.BoundSockets;
import java.io.File;
import java.io.IOException;
import java.lang.instrument.Instrumentation;

/**
 * Puts the agent together. What must be done before the app starts is done at once; the rest, and
 * everything native in a first generation, goes to a thread of its own.
 */
public final class Installer implements Runnable {

  private final Instrumentation instrumentation;
  private final File jar;
  private final BoundSockets bound = new BoundSockets();
  private int pid;
  private Log log = new Log(0, Log.Level.INFO);
  private Options options;
  private LaunchCommand command;
  private Hooks hooks;
  private Libc libc;
  private Takeover takeover;
  private volatile Reactor reactor;
  private volatile Lifecycle lifecycle;
  private volatile String hookProblem;
  private volatile boolean hooked;

  private Installer(Instrumentation instrumentation, File jar) {
    this.instrumentation = instrumentation;
    this.jar = jar;
  }

  /** Called by premain. Never throws; in a successor that can't take over it ends the process. */
  public static void install(String arguments, Instrumentation instrumentation, File jar) {
    Installer installer = new Installer(instrumentation, jar);
    boolean successor = Lifeline.maybeInherited();
    try {
      installer.prepare(arguments, successor);
    } catch (OptionException wrong) {
      installer.giveUp(wrong.getMessage(), successor);
    } catch (Throwable failure) {
      installer.giveUp(
          String.valueOf(failure.getMessage() == null ? failure : failure.getMessage()), successor);
    }
  }

  private void prepare(String arguments, boolean maybeSuccessor) throws Exception {
    Arch.current();
    pid = ProcFs.pid();
    log = new Log(pid, Log.Level.INFO);
    options = Options.read(arguments, System.getenv());
    log =
        new Log(
            pid,
            Log.Level.valueOf(options.text(Option.LOG_LEVEL).toUpperCase(java.util.Locale.ROOT)));
    command = LaunchCommand.ofThisProcess();
    Binder binder = new Binder(bound, log);
    hooks = new Hooks(instrumentation, binder, this::onHookProblem, this::testHooks);
    if (maybeSuccessor) {
      takeOver(binder);
    }
    hooks.install();
    Thread thread = new Thread(this, "graceful");
    thread.setDaemon(true);
    thread.start();
  }

  private void takeOver(Binder binder) throws IOException, ReflectiveOperationException {
    JavaBase.openToUs(instrumentation);
    libc = Libc.load(jar.getParentFile());
    Lifeline lifeline = Lifeline.inherited(libc);
    if (lifeline == null) {
      return;
    }
    takeover = Takeover.receive(libc, lifeline, pid, Usage.version());
    if (takeover == null) {
      log.error(
          "the process that started this one died before it handed over: starting as a first generation");
      return;
    }
    binder.inherit(libc, takeover.sockets());
    if (takeover.sockets().hasPaths()) {
      hooks.keepFiles(takeover.sockets()::keepsPath);
    }
  }

  private void giveUp(String reason, boolean successor) {
    if (successor) {
      log.error("can't take over: " + reason + "; exiting with " + ProcessExit.CANT_TAKE_OVER);
      Runtime.getRuntime().halt(ProcessExit.CANT_TAKE_OVER);
    }
    log.error("the application runs without restarts: " + reason);
  }

  /** The agent's thread. */
  @Override
  public void run() {
    try {
      if (libc == null) {
        JavaBase.openToUs(instrumentation);
        libc = Libc.load(jar.getParentFile());
      }
      reactor = new Reactor(libc, failure -> log.error("bug, please report: " + failure));
      ProcessExit exit = new ProcessExit(log, options.millis(Option.SHUTDOWN_TIMEOUT));
      ResourceLimits limits = ResourceLimits.current(libc);
      SameCommand starter = new SameCommand(libc, command, limits, options.text(Option.CWD), log);
      Surroundings world =
          new Surroundings(pid, options, log, libc, reactor, bound, hooks, starter, exit);
      lifecycle = new Lifecycle(world, takeover);
      catchRestartSignals();
      catchStopSignals();
      lifecycle.start();
      if (hookProblem != null) {
        onHookProblem(hookProblem);
      }
      if (hooked) {
        runSelfTest();
      }
    } catch (Throwable failure) {
      giveUp(
          String.valueOf(failure.getMessage() == null ? failure : failure.getMessage()),
          takeover != null);
      return;
    }
    reactor.run();
  }

  private void catchRestartSignals() throws IOException {
    for (String signal : options.signals(Option.RESTART_SIGNAL)) {
      if (signal.equals("USR2")) {
        int counter = SignalTrap.install(libc, Libc.SIGUSR2);
        reactor.watch(
            counter,
            () -> {
              libc.take(counter);
              lifecycle.restartRequested("SIGUSR2");
            });
      } else {
        catchSignal(signal, () -> lifecycle.restartRequested("SIG" + signal));
      }
    }
  }

  private void catchStopSignals() {
    for (String signal : options.signals(Option.STOP_SIGNALS)) {
      JavaSignals.Previous[] previous = new JavaSignals.Previous[1];
      previous[0] = catchSignal(signal, () -> lifecycle.stopRequested(signal, previous[0]));
    }
  }

  private JavaSignals.Previous catchSignal(String signal, Runnable onReactor) {
    try {
      return JavaSignals.handle(signal, () -> reactor.post(onReactor));
    } catch (UnsupportedOperationException taken) {
      log.info("SIG" + signal + " is left alone: " + taken.getMessage());
      return null;
    }
  }

  /** On a thread that loads a class: the test must wait until the class is there. */
  private void testHooks() {
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

  private void onHookProblem(String problem) {
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
