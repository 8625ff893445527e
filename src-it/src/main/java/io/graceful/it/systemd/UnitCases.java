package io.graceful.it.systemd;

import io.graceful.it.jvm.Check;
import io.graceful.it.load.ManualClient;
import java.util.List;

/** What an operator does to a unit. */
final class UnitCases {
  private static final int IN_PROGRESS_MILLIS = 3000;
  private static final int SLOW_START_MILLIS = 2000;

  private UnitCases() {}

  static List<Case> of(Style style) {
    return List.of(
        of(style, "is active only when the application answers", UnitCases::start),
        of(style, "a reload that nobody notices", UnitCases::reload),
        of(style, "three reloads in a row", UnitCases::threeReloads),
        of(style, "a reload that fails leaves it active, and the status says why", UnitCases::fail),
        of(style, "a stop waits for the request in progress", UnitCases::stop),
        of(style, "a stop while the new process starts", UnitCases::stopInStart),
        of(style, "a stop while the old process drains", UnitCases::stopInDrain));
  }

  private static Case of(Style style, String name, Script script) {
    return new Case(style + ": " + name, style.since(), scene -> script.run(scene, style));
  }

  private static void start(Scene scene, Style style) throws Exception {
    Unit unit = style.unit(scene.with("slow-start", SLOW_START_MILLIS));
    scene.beginStart(unit);
    unit.await("has a process", () -> unit.mainPid() > 0);
    unit.await("runs the application", () -> !scene.pids("starts").isEmpty());
    Check.same("ActiveState", unit.property("ActiveState"), "activating");
    scene.start(unit);
    Check.same("who answers", scene.greet().pid(), unit.mainPid());
    unit.isActive();
    unit.statusSays("generation 1 serves on [127.0.0.1:" + scene.port() + "]");
  }

  private static void reload(Scene scene, Style style) throws Exception {
    Unit unit = style.unit(scene);
    scene.start(unit);
    scene.startLoad();
    reloadOnce(scene, unit, 2);
    scene.nobodyNotices();
    unit.isActive();
    Check.same("NRestarts", unit.property("NRestarts"), "0");
  }

  /** Each as soon as systemd says that the last one is over. */
  private static void threeReloads(Scene scene, Style style) throws Exception {
    Unit unit = style.unit(scene);
    scene.start(unit);
    scene.startLoad();
    for (int generation = 2; generation <= 4; generation++) {
      reloadOnce(scene, unit, generation);
    }
    scene.nobodyNotices();
    Check.same("starts", scene.pids("starts").size(), 4);
    Check.same("processes", unit.processes().size(), 1);
  }

  private static void reloadOnce(Scene scene, Unit unit, int generation) throws Exception {
    long before = unit.mainPid();
    long systemd = unit.main().parent();
    Systemctl.must("reload", unit.name());
    unit.isActive();
    Check.same("parent of the new process", unit.main().parent(), systemd);
    Check.that(unit.mainPid() != before, "MainPID is still %d", before);
    Check.same("who answers", scene.greet().pid(), unit.mainPid());
    Check.same("stopped", scene.pids("stops").contains("" + before), true);
    unit.statusSays("generation " + generation + " serves on ");
  }

  private static void fail(Scene scene, Style style) throws Exception {
    Unit unit = style.unit(scene.with("exit-from", 2));
    scene.start(unit);
    scene.startLoad();
    long before = unit.mainPid();
    int status = Systemctl.run("reload", unit.name()).status();
    Check.same("systemctl reload fails", status != 0, style == Style.COMMAND);
    unit.isActive();
    Check.same("MainPID", unit.mainPid(), before);
    unit.statusSays(
        "generation 1 serves on [127.0.0.1:" + scene.port() + "]; restart failed: pid ");
    scene.nobodyNotices();
    Check.same("who answers", scene.greet().pid(), before);
    Check.same("processes", unit.processes(), List.of("" + before));
  }

  private static void stop(Scene scene, Style style) throws Exception {
    Unit unit = style.unit(scene);
    scene.start(unit);
    long main = unit.mainPid();
    try (ManualClient client = ManualClient.connect(scene.endpoint())) {
      client.send("/slow?ms=" + IN_PROGRESS_MILLIS);
      Thread.sleep(IN_PROGRESS_MILLIS / 10);
      Process stop = Systemctl.start("stop", unit.name());
      Check.same("who answers", client.receiveGreeting().pid(), main);
      Check.same("exit status of systemctl stop", stop.waitFor(), 0);
    }
    unit.isInactive();
    Check.same("shutdown hooks run", scene.pids("stops"), List.of("" + main));
  }

  private static void stopInStart(Scene scene, Style style) throws Exception {
    Unit unit = style.unit(scene.with("slow-start", SLOW_START_MILLIS));
    scene.start(unit);
    Process reload = Systemctl.start("reload", unit.name());
    unit.await("starts another", () -> scene.pids("starts").size() == 2);
    Systemctl.must("stop", unit.name());
    reload.waitFor();
    unit.isInactive();
  }

  private static void stopInDrain(Scene scene, Style style) throws Exception {
    Unit unit = style.unit(scene);
    scene.start(unit);
    try (ManualClient client = ManualClient.connect(scene.endpoint())) {
      client.send("/slow?ms=" + 2 * IN_PROGRESS_MILLIS);
      Process reload = Systemctl.start("reload", unit.name());
      scene.awaitLine("the handover", "handed over to pid ");
      Systemctl.must("stop", unit.name());
      reload.waitFor();
      unit.isInactive();
      client.receiveGreeting();
    }
    Check.same("shutdown hooks run", scene.pids("stops").size(), 2);
  }

  private interface Script {
    void run(Scene scene, Style style) throws Exception;
  }
}
