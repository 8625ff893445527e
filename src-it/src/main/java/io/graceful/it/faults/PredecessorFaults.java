package io.graceful.it.faults;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.jvm.Check;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.LoadReport;
import io.graceful.it.load.ManualClient;
import java.nio.file.Files;
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

  private static final long PAUSE_NANOS = 2_500_000_000L;

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
        new Fault(GROUP, "stops, and is killed " + STARTED, scene -> stopAndKill(scene, STARTED)),
        new Fault(GROUP, "stops, and is killed " + BOUND, scene -> stopAndKill(scene, BOUND)),
        new Fault(
            GROUP, "stops, and is killed " + HANDED_OVER, scene -> stopAndKill(scene, HANDED_OVER)),
        new Fault(GROUP, "stops, and is killed " + DRAINS, scene -> stopAndKill(scene, DRAINS)),
        new Fault(GROUP, "crashes " + STARTED, scene -> crash(scene, STARTED)),
        new Fault(GROUP, "crashes " + BOUND, scene -> crash(scene, BOUND)),
        new Fault(GROUP, "crashes " + HANDED_OVER, scene -> crash(scene, HANDED_OVER)),
        new Fault(GROUP, "crashes " + DRAINS, scene -> crash(scene, DRAINS)),
        new Fault(GROUP, "exits for lack of heap " + BOUND, scene -> exitWithoutHeap(scene, BOUND)),
        new Fault(
            GROUP,
            "exits for lack of heap " + HANDED_OVER,
            scene -> exitWithoutHeap(scene, HANDED_OVER)),
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
    stop(scene, when);
    scene.old().signal(Signal.SIGCONT);
    scene.server().awaitAnswerBy(successor);
    scene.awaitEnd(scene.old());
    scene.awaitAnswers();
    scene.newServes(successor);
    scene.nextRestartSucceeds();
  }

  /** Meanwhile the new one serves, if it has taken over. */
  private static void stop(Scene scene, String when) throws Exception {
    scene.old().signal(Signal.SIGSTOP);
    boolean served = when.equals(HANDED_OVER) || when.equals(DRAINS);
    long end = System.nanoTime() + PAUSE_NANOS;
    while (System.nanoTime() - end < 0) {
      if (served) {
        long pid = scene.server().greet().pid();
        Check.that(pid != scene.old().pid(), "answered by the one that is stopped");
      }
      Thread.sleep(20);
    }
  }

  private static void stopAndKill(Scene scene, String when) throws Exception {
    scene.start(launch(scene));
    scene.trigger();
    ProcessId successor = await(scene, when);
    stop(scene, when);
    Death death = scene.kill(scene.old());
    scene.server().awaitAnswerBy(successor);
    long served = System.nanoTime();
    scene.awaitAnswers();
    isAlone(scene, when, successor, death, served);
  }

  /** The JVM writes a report, which takes a while, and aborts. */
  private static void crash(Scene scene, String when) throws Exception {
    scene.expectLines(line -> line.startsWith("#") || line.isBlank() || line.startsWith("["));
    scene.start(
        launch(scene)
            .jvm("-XX:ErrorFile=" + scene.directory().toAbsolutePath().resolve("hs_err.log"))
            .after("ulimit -c 0"));
    scene.trigger();
    ProcessId successor = await(scene, when);
    Death death = scene.end(scene.old(), Signal.SIGSEGV);
    scene.server().awaitAnswerBy(successor);
    long served = System.nanoTime();
    scene.awaitAnswers();
    isAlone(scene, when, successor, death, served);
  }

  private static void exitWithoutHeap(Scene scene, String when) throws Exception {
    scene.expectLines(line -> line.startsWith("Terminating due to java.lang.OutOfMemoryError"));
    scene.start(launch(scene).jvm("-Xmx48m", "-XX:+ExitOnOutOfMemoryError").with("obedient", true));
    scene.trigger();
    ProcessId successor = await(scene, when);
    long begun = System.nanoTime();
    scene.leavesSocket();
    scene.order("hog", 1, "");
    scene.awaitEnd(scene.old());
    Death death = new Death(scene.old(), begun, System.nanoTime());
    scene.server().awaitAnswerBy(successor);
    long served = System.nanoTime();
    scene.awaitAnswers();
    isAlone(scene, when, successor, death, served);
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
