package io.graceful.it.systemd;

import io.graceful.it.jvm.Check;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.FailedRequest;
import io.graceful.it.load.Failure;
import io.graceful.it.load.LoadReport;
import io.graceful.it.load.ManualClient;
import io.graceful.it.load.TrafficReport;
import java.util.List;
import java.util.function.Predicate;
import jnr.constants.platform.Signal;

/** Processes that die or hang, and what systemd makes of it. */
final class CrashCases {
  private static final int IN_PROGRESS_MILLIS = 6000;
  private static final int WATCHDOG_SECONDS = 2;

  private CrashCases() {}

  static List<Case> all() {
    return List.of(
        new Case("FDSTORE: clients wait after a crash", 254, CrashCases::crash),
        new Case("FDSTORE: clients wait at systemctl restart", 254, CrashCases::restart),
        new Case("WatchdogSec: a process that hangs is replaced", 252, CrashCases::watchdog),
        new Case(
            "the old process is killed while it drains: started anew",
            252,
            CrashCases::killedInDrain));
  }

  /** After a reload, so that it is a later generation that has left its listeners. */
  private static void crash(Scene scene) throws Exception {
    Unit unit = withStore(scene);
    Systemctl.must("reload", unit.name());
    scene.startArrivals();
    ProcessId main = unit.main();
    main.signal(Signal.SIGKILL);
    unit.await("lets it go", main::hasLetGo);
    long killed = System.nanoTime();
    unit.await("starts again", () -> unit.property("NRestarts").equals("1"));
    unit.awaitActive();
    scene.awaitAnswers();
    onlyThese(scene.stopLoad(), failed -> failed.begun() - killed < 0);
    Check.same("who answers", scene.greet().pid(), unit.mainPid());
  }

  private static void restart(Scene scene) throws Exception {
    Unit unit = withStore(scene);
    scene.startArrivals();
    long before = unit.mainPid();
    Systemctl.must("restart", unit.name());
    scene.awaitAnswers();
    onlyThese(scene.stopLoad(), failed -> failed.failure() == Failure.RESET);
    Check.that(unit.mainPid() != before, "MainPID is still %d", before);
    unit.isActive();
  }

  private static Unit withStore(Scene scene) throws Exception {
    Unit unit = Style.COMMAND.unit(scene);
    scene.dropIn(unit.name(), "store", scene.example("FileDescriptorStoreMax=10"));
    scene.start(unit);
    unit.await("keeps the listener", () -> unit.property("NFileDescriptorStore").equals("1"));
    return unit;
  }

  private static void watchdog(Scene scene) throws Exception {
    Unit unit = Style.COMMAND.unit(scene);
    scene.dropIn(
        unit.name(), "watchdog", "[Service]\nWatchdogSec=" + WATCHDOG_SECONDS + "\nLimitCORE=0\n");
    scene.start(unit);
    Thread.sleep(2500 * WATCHDOG_SECONDS);
    Systemctl.must("reload", unit.name());
    Thread.sleep(2500 * WATCHDOG_SECONDS);
    Check.same("NRestarts", unit.property("NRestarts"), "0");
    ProcessId main = unit.main();
    main.signal(Signal.SIGSTOP);
    unit.await("starts again", () -> unit.property("NRestarts").equals("1"));
    unit.awaitActive();
    Check.that(!main.exists(), "%s is still there", main);
    Check.same("who answers", scene.greet().pid(), unit.mainPid());
  }

  private static void killedInDrain(Scene scene) throws Exception {
    Unit unit = Style.COMMAND.unit(scene);
    scene.start(unit);
    try (ManualClient client = ManualClient.connect(scene.endpoint())) {
      client.send("/slow?ms=" + IN_PROGRESS_MILLIS);
      Process reload = Systemctl.start("reload", unit.name());
      scene.awaitLine("the handover", "handed over to pid ");
      unit.main().signal(Signal.SIGKILL);
      reload.waitFor();
      unit.await("starts again", () -> unit.property("NRestarts").equals("1"));
      unit.awaitActive();
      Check.same("processes", unit.processes(), List.of("" + unit.mainPid()));
      unit.isActive();
      Check.same("who answers", scene.greet().pid(), unit.mainPid());
    }
  }

  private static void onlyThese(LoadReport report, Predicate<FailedRequest> allowed) {
    for (TrafficReport traffic : report.traffic().values()) {
      for (FailedRequest failed : traffic.failedRequests()) {
        Check.that(allowed.test(failed), "lost: %s: %s", failed, report);
      }
    }
  }
}
