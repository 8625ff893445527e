package io.graceful.it.faults;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.LoadReport;
import io.graceful.it.load.ManualClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jnr.constants.platform.Signal;

/** The old process dies or stops, at each step: the new one lives on with what it has. */
final class PredecessorFaults {
  private static final String GROUP = "predecessor";
  private static final String STARTED = "as soon as the new one is started";
  private static final String BOUND = "when the new one is about to bind";
  private static final String HANDED_OVER = "just after the handover";
  private static final String DRAINS = "while it drains";

  /** Of open files. */
  private static final int LIMIT = 200;

  /** What is left below it, so that clients are not refused by the application. */
  private static final int FOR_THE_LOAD = 14;

  private PredecessorFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(GROUP, "is killed " + STARTED, scene -> kill(scene, STARTED)),
        new Fault(GROUP, "is killed " + BOUND, scene -> kill(scene, BOUND)).always(),
        new Fault(GROUP, "is killed " + HANDED_OVER, scene -> kill(scene, HANDED_OVER)),
        new Fault(GROUP, "is killed " + DRAINS, scene -> kill(scene, DRAINS)),
        new Fault(GROUP, "stops and goes on " + STARTED, scene -> pause(scene, STARTED)),
        new Fault(GROUP, "stops and goes on " + BOUND, scene -> pause(scene, BOUND)),
        new Fault(GROUP, "stops and goes on " + HANDED_OVER, scene -> pause(scene, HANDED_OVER)),
        new Fault(GROUP, "stops and goes on " + DRAINS, scene -> pause(scene, DRAINS)),
        new Fault(GROUP, "exits by itself " + STARTED, scene -> exit(scene, STARTED)),
        new Fault(GROUP, "exits by itself " + BOUND, scene -> exit(scene, BOUND)),
        new Fault(GROUP, "exits by itself " + HANDED_OVER, scene -> exit(scene, HANDED_OVER)),
        new Fault(GROUP, "has no heap left when asked", scene -> noHeap(scene, false)),
        new Fault(GROUP, "has no heap left until the new one serves", scene -> noHeap(scene, true)),
        new Fault(GROUP, "has no descriptor left", PredecessorFaults::noDescriptor));
  }

  /** What it had is lost, and nothing that begins when it is gone. */
  private static void kill(Scene scene, String when) throws Exception {
    scene.start(launch(scene));
    scene.trigger();
    ProcessId successor = await(scene, when);
    Death death = scene.kill(scene.old());
    scene.server().awaitAnswerBy(successor);
    long served = System.nanoTime();
    scene.awaitAnswers();
    isAlone(scene, when, successor, death, served);
  }

  private static void isAlone(
      Scene scene, String when, ProcessId successor, Death death, long served) throws Exception {
    LoadReport report = scene.stopLoad();
    if (when.equals(STARTED)) {
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
  private static void tellsOfDeath(Scene scene, String when, ProcessId successor) {
    ProcessId old = scene.old();
    if (when.equals(HANDED_OVER) || when.equals(DRAINS)) {
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
    if (when.equals(BOUND)) {
      scene.told().serves(old, successor);
    } else {
      scene.told().atMost(1, successor, "generation 2 serves on .*");
    }
  }

  /** Answers are late, and none is missing. */
  private static void pause(Scene scene, String when) throws Exception {
    scene.start(launch(scene));
    scene.trigger();
    ProcessId successor = await(scene, when);
    scene.old().signal(Signal.SIGSTOP);
    Thread.sleep(2500);
    scene.old().signal(Signal.SIGCONT);
    scene.server().awaitAnswerBy(successor);
    scene.awaitEnd(scene.old());
    scene.awaitAnswers();
    scene.newServes(successor);
    scene.nextRestartSucceeds();
  }

  /** As an application may at any time: the new one serves on with what it has. */
  private static void exit(Scene scene, String when) throws Exception {
    scene.start(launch(scene).with("obedient", true));
    scene.trigger();
    ProcessId successor = await(scene, when);
    long begun = System.nanoTime();
    Files.createFile(scene.server().state("exit-1"));
    scene.awaitEnd(scene.old());
    Death death = new Death(scene.old(), begun, System.nanoTime());
    scene.server().awaitAnswerBy(successor);
    long served = System.nanoTime();
    scene.awaitAnswers();
    isAlone(scene, when, successor, death, served);
  }

  /**
   * Its own requests may fail then. Whether the restart succeeds or not: one of the two serves in
   * the end, and the next restart succeeds.
   */
  private static void noHeap(Scene scene, boolean toTheEnd) throws Exception {
    scene.start(launch(scene).jvm("-Xmx48m").with("obedient", true));
    scene.stopLoad();
    scene.expectLines(line -> true); // The JVM and the application may tell of it.
    Path hog = Files.createFile(scene.server().state("hog-1"));
    Thread.sleep(1500);
    scene.trigger();
    Thread.sleep(toTheEnd ? 6000 : 1000);
    Files.delete(hog);
    scene.awaitOneProcess();
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

  private static ProcessId await(Scene scene, String when) {
    ProcessId successor = scene.awaitSpawned();
    switch (when) {
      case STARTED -> {}
      case BOUND -> scene.awaitMain(successor);
      case HANDED_OVER -> scene.awaitHandover();
      default -> {
        scene.awaitHandover();
        scene.awaitAnswers();
      }
    }
    return successor;
  }
}
