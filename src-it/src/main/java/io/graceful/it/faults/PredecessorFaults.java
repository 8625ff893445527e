package io.graceful.it.faults;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.jvm.Check;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.LoadReport;
import io.graceful.it.load.ManualClient;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import jnr.constants.platform.Signal;

/** The old process dies or stops, at each step: the new one lives on with what it has. */
final class PredecessorFaults {
  private static final String GROUP = "predecessor";

  private static final long PAUSE_NANOS = 2_500_000_000L;

  /** Of open files. */
  private static final int LIMIT = 200;

  /** What is left below it, so that clients are not refused by the application. */
  private static final int FOR_THE_LOAD = 14;

  private PredecessorFaults() {}

  static List<Fault> all() {
    List<Fault> faults = new ArrayList<>();
    for (Moment when : Moment.values()) {
      Fault killed = new Fault(GROUP, "is killed " + when, scene -> kill(scene, when));
      faults.add(when == Moment.BOUND ? killed.always() : killed);
      add(faults, "stops, and is killed " + when, scene -> stopAndKill(scene, when));
      add(faults, "crashes " + when, scene -> crash(scene, when));
      add(faults, "stops and goes on " + when, scene -> pause(scene, when));
    }
    for (Moment when : EnumSet.of(Moment.BOUND, Moment.HANDED_OVER)) {
      add(faults, "exits for lack of heap " + when, scene -> exitWithoutHeap(scene, when));
    }
    for (Moment when : EnumSet.complementOf(EnumSet.of(Moment.DRAINS))) {
      add(faults, "exits by itself " + when, scene -> exit(scene, when));
    }
    add(faults, "has no heap left when asked", scene -> noHeap(scene, false));
    add(faults, "has no heap left until the new one serves", scene -> noHeap(scene, true));
    add(faults, "has no descriptor left", PredecessorFaults::noDescriptor);
    return faults;
  }

  private static void add(List<Fault> faults, String name, Fault.Script script) {
    faults.add(new Fault(GROUP, name, script));
  }

  /** What it had is lost, and nothing that begins when it is gone. */
  private static void kill(Scene scene, Moment when) throws Exception {
    scene.start(launch(scene));
    scene.trigger();
    ProcessId successor = when.await(scene);
    Death death = scene.kill(scene.old());
    goesOnAlone(scene, when, successor, death);
  }

  private static void goesOnAlone(Scene scene, Moment when, ProcessId successor, Death death)
      throws Exception {
    scene.server().awaitAnswerBy(successor);
    long served = System.nanoTime();
    scene.awaitAnswers();
    LoadReport report = scene.stopLoad();
    if (when == Moment.STARTED) {
      Losses.onlyOfOrRefused(report, death, served); // Until the new one has bound.
    } else {
      Losses.onlyOf(report, death);
    }
    tellsOfDeath(scene, when, successor);
    scene.nothingElseOnTheTerminal();
    scene.isSameProgram(successor);
    scene.holdsWhatItHeld(successor);
    scene.nextRestartSucceeds();
  }

  /** The new one, if it is told in the middle of it; one that has not begun is the first again. */
  private static void tellsOfDeath(Scene scene, Moment when, ProcessId successor) {
    ProcessId old = scene.old();
    if (when.isServed()) {
      scene.told().handedOver(old, successor);
      return;
    }
    scene.told().started(old, successor);
    scene
        .told()
        .once(
            successor,
            "pid "
                + old.pid()
                + " died while handing over; this process goes on alone"
                + "|the process that started this one died .*");
    if (when == Moment.BOUND) {
      scene.told().serves(old, successor);
    } else {
      scene.told().atMost(1, successor, "generation 2 serves on .*");
    }
  }

  /** Answers are late, and none is missing. */
  private static void pause(Scene scene, Moment when) throws Exception {
    scene.start(launch(scene));
    scene.trigger();
    ProcessId successor = when.await(scene);
    stop(scene, when);
    scene.old().signal(Signal.SIGCONT);
    scene.server().awaitAnswerBy(successor);
    scene.awaitEnd(scene.old());
    scene.awaitAnswers();
    scene.newServes(successor);
    scene.nextRestartSucceeds();
  }

  /** Meanwhile the new one serves, if it has taken over. */
  private static void stop(Scene scene, Moment when) throws Exception {
    scene.old().signal(Signal.SIGSTOP);
    boolean served = when.isServed();
    long end = System.nanoTime() + PAUSE_NANOS;
    while (System.nanoTime() - end < 0) {
      if (served) {
        long pid = scene.server().greet().pid();
        Check.that(pid != scene.old().pid(), "answered by the one that is stopped");
      }
      Thread.sleep(20);
    }
  }

  private static void stopAndKill(Scene scene, Moment when) throws Exception {
    scene.start(launch(scene));
    scene.trigger();
    ProcessId successor = when.await(scene);
    stop(scene, when);
    Death death = scene.kill(scene.old());
    goesOnAlone(scene, when, successor, death);
  }

  /** The JVM writes a report, which takes a while, and aborts. */
  private static void crash(Scene scene, Moment when) throws Exception {
    scene.expectLines(line -> line.startsWith("#") || line.isBlank() || line.startsWith("["));
    scene.start(
        launch(scene)
            .jvm("-XX:ErrorFile=" + scene.directory().toAbsolutePath().resolve("hs_err.log"))
            .after("ulimit -c 0"));
    scene.trigger();
    ProcessId successor = when.await(scene);
    Death death = scene.end(scene.old(), Signal.SIGSEGV);
    goesOnAlone(scene, when, successor, death);
  }

  private static void exitWithoutHeap(Scene scene, Moment when) throws Exception {
    scene.expectLines(line -> line.startsWith("Terminating due to java.lang.OutOfMemoryError"));
    scene.start(launch(scene).jvm("-Xmx48m", "-XX:+ExitOnOutOfMemoryError").with("obedient", true));
    scene.trigger();
    ProcessId successor = when.await(scene);
    long begun = System.nanoTime();
    scene.leavesSocket();
    scene.order("hog", 1, "");
    scene.awaitEnd(scene.old());
    Death death = new Death(scene.old(), begun, System.nanoTime());
    goesOnAlone(scene, when, successor, death);
  }

  /** As an application may at any time: the new one serves on with what it has. */
  private static void exit(Scene scene, Moment when) throws Exception {
    scene.start(launch(scene).with("obedient", true));
    scene.trigger();
    ProcessId successor = when.await(scene);
    long begun = System.nanoTime();
    Files.createFile(scene.server().state("exit-1"));
    scene.awaitEnd(scene.old());
    Death death = new Death(scene.old(), begun, System.nanoTime());
    goesOnAlone(scene, when, successor, death);
  }

  /**
   * Its own requests may fail then. Whether the restart succeeds or not: one of the two serves in
   * the end, the operator is told which, and the next restart succeeds.
   */
  private static void noHeap(Scene scene, boolean toTheEnd) throws Exception {
    scene.start(launch(scene).jvm("-Xmx48m").with("obedient", true));
    scene.stopLoad();
    scene.expectLines(
        line -> line.contains("OutOfMemoryError") || line.startsWith("\tat ") || line.isBlank());
    scene.order("hog", 1, "");
    Thread.sleep(1500);
    scene.trigger();
    Thread.sleep(toTheEnd ? 6000 : 1000);
    Files.delete(scene.server().state("hog-1"));
    scene.awaitLine(
        "the outcome", line -> line.contains("restart failed") || line.contains("; exiting"));
    scene.awaitOneProcess();
    if (scene.server().serving().equals(scene.old())) {
      scene.told().failed(scene.old(), "");
    } else {
      scene.told().restarted(scene.old(), scene.server().serving());
    }
    scene.nothingElseOnTheTerminal();
    scene.nextRestartSucceeds();
  }

  /** It says why it can't, and serves on. */
  private static void noDescriptor(Scene scene) throws Exception {
    scene.start(launch(scene).after("ulimit -n " + LIMIT));
    List<ManualClient> clients = new ArrayList<>();
    try {
      while (scene.server().view().descriptors().size() < LIMIT - FOR_THE_LOAD) {
        clients.add(ManualClient.connect(scene.server().endpoint()));
        Thread.sleep(20);
      }
      scene.trigger();
      scene.awaitLine("the failure", line -> line.contains("restart failed"));
      scene.awaitAnswers();
    } finally {
      for (ManualClient client : clients) {
        client.close();
      }
    }
    scene.nobodyNotices();
    scene.toldOnce("limit");
    scene.isAsBefore();
    scene.nextRestartSucceeds();
  }

  private static Launch launch(Scene scene) {
    return scene.launch(Apps.THREADS).option("soak", "2s").with("slow-start", 500);
  }
}
