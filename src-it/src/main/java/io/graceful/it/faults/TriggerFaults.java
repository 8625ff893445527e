package io.graceful.it.faults;

import io.graceful.it.app.Launch;
import io.graceful.it.jvm.Check;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.LoadReport;
import io.graceful.it.load.ManualClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jnr.constants.platform.Signal;

/** Restarts are asked for too often, at once, or when something else is under way. */
final class TriggerFaults {
  private static final String GROUP = "trigger";
  private static final int FLOOD = 1000;
  private static final long FLOOD_NANOS = 1_000_000;

  /** In which a JVM starts, and the agent in it. */
  private static final int BIRTH_MILLIS = 200;

  private static final int[] INSTANTS = {20, 60, 100, 150, 200};

  /** The first that does not crash by a signal to a thread that is being made: JDK-8288556. */
  private static final int SAFE_JDK = 20;

  /** Of a JVM that crashes. */
  private static final String REPORT = "#.*|\\s*|\\[.*";

  private TriggerFaults() {}

  static List<Fault> all() {
    List<Fault> faults = new ArrayList<>();
    faults.add(new Fault(GROUP, "1,000 signals in a second", TriggerFaults::flood).always());
    add(faults, "a command and a signal at once", TriggerFaults::commandAndSignal);
    add(faults, "a command and signals in any order", TriggerFaults::commandAmongSignals);
    add(faults, "a stop during a restart", TriggerFaults::stopDuringRestart);
    add(faults, "a restart while a stop waits", TriggerFaults::restartWhileStopDrains);
    add(faults, "a restart during a stop", TriggerFaults::restartDuringStop);
    add(faults, "signals in the new process's first 200 ms", TriggerFaults::floodTheNewborn);
    for (int millis : INSTANTS) {
      add(
          faults,
          "a signal in the first process's first " + millis + " ms",
          scene -> signalTheFirst(scene, millis));
    }
    return faults;
  }

  private static void add(List<Fault> faults, String name, Fault.Script script) {
    faults.add(new Fault(GROUP, name, script));
  }

  private static void flood(Scene scene) throws Exception {
    scene.start(scene.launch());
    for (int i = 0; i < FLOOD; i++) {
      scene.old().signal(Signal.SIGUSR2);
      LockSupport.parkNanos(FLOOD_NANOS);
    }
    ProcessId successor = scene.awaitSpawned();
    scene.server().awaitAnswerBy(successor);
    scene.awaitEnd(scene.old());
    scene.awaitAnswers();
    scene.told().whenever("SIGUSR2: restart refused: .*");
    scene.newServes(successor);
    Check.same("generations", scene.server().starts().size(), 2);
    scene.nextRestartSucceeds();
  }

  /** One that crashes (see {@link #SAFE_JDK}) leaves the old one serving. */
  private static void floodTheNewborn(Scene scene) throws Exception {
    scene.expectLines(line -> line.matches(REPORT));
    scene.start(scene.launch().after("ulimit -c 0"));
    scene.trigger();
    ProcessId successor = scene.awaitSpawned();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BIRTH_MILLIS);
    while (System.nanoTime() - end < 0) {
      successor.signal(Signal.SIGUSR2);
      LockSupport.parkNanos(FLOOD_NANOS);
    }
    scene.told().whenever("SIGUSR2: restart refused: .*");
    scene.eitherServes(successor);
    Check.that(
        scene.jdk().feature() < SAFE_JDK || scene.server().serving().equals(successor),
        "the new process did not survive it");
    scene.server().forgetStarts();
    scene.nextRestartSucceeds();
  }

  /**
   * Before the agent is there it is the JVM's own affair whether it survives that. One that does is
   * as any other.
   */
  private static void signalTheFirst(Scene scene, int within) throws Exception {
    scene.expectLines(line -> line.matches(REPORT));
    scene
        .told()
        .whenever("restart failed: there is no listening socket to hand over; still serving");
    long wait = ThreadLocalRandom.current().nextInt(within);
    Launch launch = scene.launch().with("slow-start", 2000).after("ulimit -c 0");
    Thread signaller =
        new Thread(
            () -> {
              ProcessId first = scene.awaitFirst();
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(wait));
              first.signal(Signal.SIGUSR2);
            });
    signaller.start();
    try {
      scene.start(launch);
    } catch (AssertionError ended) {
      String how = scene.jdk().feature() < SAFE_JDK ? "(134|140)" : "140";
      boolean byTheSignal =
          ended.getMessage().matches("(?s).*ended with OptionalInt." + how + ".*");
      Check.that(byTheSignal, "after %d ms: %s", wait, ended.getMessage());
      return;
    }
    signaller.join();
    scene.restartSucceeds();
    scene.nextRestartSucceeds();
  }

  private static void commandAndSignal(Scene scene) throws Exception {
    scene.start(scene.launch());
    Process command = scene.command("restart", String.valueOf(scene.old().pid()));
    scene.awaitLine("the start", line -> line.contains("restart: started pid"));
    scene.trigger();
    ProcessId successor = scene.awaitSpawned();
    Check.same("exit status of the command", Scene.exitStatus(command), 0);
    scene.awaitAnswers();
    scene.told().once(scene.old(), "SIGUSR2: restart refused: one is under way already, .*");
    scene.newServes(successor);
    Check.same("generations", scene.server().starts().size(), 2);
    scene.nextRestartSucceeds();
  }

  /** Whichever comes first begins the restart, and the others are refused. */
  private static void commandAmongSignals(Scene scene) throws Exception {
    scene.start(scene.launch());
    Process command = scene.command("restart", String.valueOf(scene.old().pid()));
    // The command needs about as long to start, so each has its chance.
    Thread.sleep(200 + ThreadLocalRandom.current().nextInt(400));
    ProcessId successor = null;
    while (successor == null) {
      scene.trigger();
      Thread.sleep(1);
      successor = scene.spawned().orElse(null);
    }
    int status = Scene.exitStatus(command);
    Check.that(status == 0 || status == 1, "exit status of the command: %d", status);
    scene.server().awaitAnswerBy(successor);
    scene.awaitEnd(scene.old());
    scene.awaitAnswers();
    scene.told().whenever("(SIGUSR2|command line): restart refused: one is under way already, .*");
    scene.newServes(successor);
    Check.same("generations", scene.server().starts().size(), 2);
    scene.nextRestartSucceeds();
  }

  private static void restartWhileStopDrains(Scene scene) throws Exception {
    scene.start(scene.launch());
    try (ManualClient client = ManualClient.connect(scene.server().endpoint())) {
      client.send("/slow?ms=3000");
      long stopped = System.nanoTime();
      scene.old().signal(Signal.SIGTERM);
      scene.awaitLine("the stop", line -> line.contains("no longer accepting"));
      scene.trigger();
      scene.awaitLine("the answer", line -> line.contains("restart refused"));
      Check.same("who answers", client.receiveGreeting().pid(), scene.old().pid());
      scene.awaitEnd(scene.old());
      scene.told().once(scene.old(), "SIGUSR2: restart refused: this process is stopping");
      stoppedCleanly(scene, stopped);
    }
    Check.same("generations", scene.server().starts().size(), 1);
  }

  /** The stop counts: both go, requests in progress end, and nobody is left. */
  private static void stopDuringRestart(Scene scene) throws Exception {
    scene.start(scene.launch().with("slow-start", 2000));
    scene.trigger();
    scene.awaitSpawned();
    long stopped = System.nanoTime();
    scene.old().signal(Signal.SIGTERM);
    scene.awaitEnd(scene.old());
    scene.told().failed(scene.old(), "SIGTERM stops this process");
    stoppedCleanly(scene, stopped);
  }

  private static void restartDuringStop(Scene scene) throws Exception {
    scene.start(scene.launch().option("stop.delay", "1s"));
    long stopped = System.nanoTime();
    scene.old().signal(Signal.SIGTERM);
    scene.awaitLine("the stop", line -> line.contains("SIGTERM"));
    scene.trigger();
    scene.awaitLine("the answer", line -> line.contains("restart refused"));
    scene.awaitEnd(scene.old());
    scene.told().once(scene.old(), "SIGTERM: stopping, accepting for another 1s .*");
    scene.told().once(scene.old(), "SIGUSR2: restart refused: this process is stopping");
    stoppedCleanly(scene, stopped);
    Check.same("generations", scene.server().starts().size(), 1);
  }

  /** Nobody listens any more, and what was refused is all that failed. */
  private static void stoppedCleanly(Scene scene, long stopped) {
    LoadReport report = scene.stopLoad();
    scene.awaitNobodyLeft();
    Check.that(
        Set.of(scene.old().pid()).containsAll(report.pids()), "answered by %s", report.pids());
    Check.same("stops", scene.server().stops(), List.of(scene.old().pid()));
    scene.told().once(scene.old(), "SIGTERM: stopping, no longer accepting on .*");
    // Clients that keep their connections go on to ask, so that the stop may have to end them.
    scene.told().once(scene.old(), "(drained in|time is up after) \\d+ ms.*; exiting");
    scene.nothingElseOnTheTerminal();
    Losses.onlyRefused(report, stopped);
  }
}
