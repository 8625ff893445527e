package io.graceful.it.faults;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.LoadReport;
import java.util.List;
import jnr.constants.platform.Signal;

/** The old process dies or stops, at each step: the new one lives on with what it has. */
final class PredecessorFaults {
  private static final String GROUP = "predecessor";
  private static final String STARTED = "as soon as the new one is started";
  private static final String BOUND = "when the new one is about to bind";
  private static final String HANDED_OVER = "just after the handover";
  private static final String DRAINS = "while it drains";

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
        new Fault(GROUP, "stops and goes on " + DRAINS, scene -> pause(scene, DRAINS)));
  }

  /** What it had is lost, and nothing that begins when it is gone. */
  private static void kill(Scene scene, String when) throws Exception {
    scene.start(launch(scene));
    scene.trigger();
    ProcessId successor = await(scene, when);
    long killed = scene.kill(scene.old());
    scene.server().awaitAnswerBy(successor);
    scene.awaitAnswers();
    LoadReport report = scene.stopLoad();
    if (when.equals(STARTED)) {
      Losses.onlyOfOrRefused(report, scene.old(), killed); // Until the new one has bound.
    } else {
      Losses.onlyOf(report, scene.old(), killed);
    }
    scene.nothingElseOnTheTerminal();
    scene.holdsWhatItHeld(successor);
    scene.nextRestartSucceeds();
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
