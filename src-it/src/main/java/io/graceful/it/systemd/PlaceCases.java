package io.graceful.it.systemd;

import io.graceful.it.jvm.Check;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where a service that is not root's may write, and units that take over from one another. */
final class PlaceCases {
  private PlaceCases() {}

  static List<Case> all() {
    return List.of(
        new Case("RuntimeDirectory: a pidfile that a user can write", 252, PlaceCases::pidfile),
        new Case(
            "legacy@.service: one instance takes over from another", 252, PlaceCases::takeover));
  }

  private static void pidfile(Scene scene) throws Exception {
    Unit unit = Style.COMMAND.unit(scene);
    String text = scene.example("pidfile=/run/legacy/legacy.pid");
    scene.dropIn(unit.name(), "directory", text + scene.ownership());
    scene.start(unit);
    Path pidfile = Path.of("/run/legacy/legacy.pid");
    Check.same("pidfile", Files.readString(pidfile).strip(), "" + unit.mainPid());
    Systemctl.must("reload", unit.name());
    Check.same("pidfile", Files.readString(pidfile).strip(), "" + unit.mainPid());
    Systemctl.must("stop", unit.name());
    unit.isInactive();
    Check.that(!Files.exists(pidfile), "%s is still there", pidfile);
  }

  private static void takeover(Scene scene) throws Exception {
    String text = scene.exampleOf("takeover.md", "legacy@.service");
    scene.unit("legacy@.service", text);
    Unit first = new Unit("legacy@42.service");
    Unit second = new Unit("legacy@43.service");
    scene.start(first);
    scene.awaitAnswer();
    scene.startLoad();
    scene.start(second);
    first.await("has ended", () -> first.property("ActiveState").equals("inactive"));
    first.isInactive();
    scene.nobodyNotices();
    Check.same("who answers", scene.greet().pid(), second.mainPid());
    second.isActive();
    Systemctl.must("stop", second.name());
    second.isInactive();
  }
}
