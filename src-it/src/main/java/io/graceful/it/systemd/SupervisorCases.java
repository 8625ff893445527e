package io.graceful.it.systemd;

import io.graceful.it.jvm.Check;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.FailedRequest;
import io.graceful.it.load.LoadReport;
import io.graceful.it.load.ManualClient;
import io.graceful.it.load.TrafficReport;
import java.util.List;
import jnr.constants.platform.Signal;

/** The service is the supervisor. */
final class SupervisorCases {
  private SupervisorCases() {}

  static List<Case> all() {
    return List.of(
        of("a reload that nobody notices", SupervisorCases::reload),
        of("a reload that fails leaves it active, and the status says why", SupervisorCases::fail),
        of("clients wait after a crash", SupervisorCases::crash),
        of("a stop waits for the request in progress", SupervisorCases::stop));
  }

  private static Case of(String name, Case.Script script) {
    return new Case(Style.SUPERVISOR + ": " + name, Style.SUPERVISOR.since(), script);
  }

  private static void reload(Scene scene) throws Exception {
    Unit unit = start(scene);
    long supervisor = unit.mainPid();
    long before = scene.greet().pid();
    scene.startLoad();
    Systemctl.must("reload", unit.name());
    unit.await("is served by another", () -> scene.awaitAnswer().pid() != before);
    unit.await("has reloaded", () -> unit.property("ActiveState").equals("active"));
    unit.await("has let the old one go", () -> unit.processes().size() == 2);
    scene.nobodyNotices();
    Check.same("MainPID", unit.mainPid(), supervisor);
    unit.isActive();
    unit.statusSays("generation 2 serves on ");
  }

  private static void fail(Scene scene) throws Exception {
    Unit unit = start(scene.with("exit-from", 2));
    long before = scene.greet().pid();
    scene.startLoad();
    Systemctl.must("reload", unit.name());
    unit.await("says why", () -> unit.property("StatusText").contains("restart failed: pid "));
    scene.nobodyNotices();
    unit.isActive();
    Check.same("who answers", scene.greet().pid(), before);
  }

  private static void crash(Scene scene) throws Exception {
    Unit unit = start(scene);
    long supervisor = unit.mainPid();
    ProcessId server = ProcessId.of(scene.greet().pid()).orElseThrow();
    scene.startArrivals();
    server.signal(Signal.SIGKILL);
    unit.await("lets it go", server::hasLetGo);
    long killed = System.nanoTime();
    scene.awaitAnswers();
    LoadReport report = scene.stopLoad();
    for (TrafficReport traffic : report.traffic().values()) {
      for (FailedRequest failed : traffic.failedRequests()) {
        Check.that(failed.begun() - killed < 0, "lost: %s: %s", failed, report);
      }
    }
    unit.isActive();
    Check.same("MainPID", unit.mainPid(), supervisor);
    Check.same("NRestarts", unit.property("NRestarts"), "0");
  }

  private static void stop(Scene scene) throws Exception {
    Unit unit = start(scene);
    long server = scene.greet().pid();
    try (ManualClient client = ManualClient.connect(scene.endpoint())) {
      client.send("/slow?ms=3000");
      Thread.sleep(300);
      Process stop = Systemctl.start("stop", unit.name());
      Check.same("who answers", client.receiveGreeting().pid(), server);
      Check.same("exit status of systemctl stop", stop.waitFor(), 0);
    }
    unit.isInactive();
    Check.same("shutdown hooks run", scene.pids("stops"), List.of("" + server));
  }

  private static Unit start(Scene scene) throws Exception {
    Unit unit = Style.SUPERVISOR.unit(scene);
    scene.start(unit);
    unit.isActive();
    Check.that(scene.greet().pid() != unit.mainPid(), "no supervisor");
    return unit;
  }
}
