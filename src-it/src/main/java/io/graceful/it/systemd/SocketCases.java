package io.graceful.it.systemd;

import io.graceful.it.jvm.Check;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.Endpoint;
import io.graceful.it.load.Greeting;
import io.graceful.it.load.Request;
import java.util.List;
import java.util.Map;
import jnr.constants.platform.Signal;

/** systemd listens before there is a server. */
final class SocketCases {
  private SocketCases() {}

  static List<Case> all() {
    return List.of(
        new Case("legacy.socket: a client starts it, and waits for it", 252, SocketCases::unit),
        new Case("systemd-socket-activate with two named sockets", 252, SocketCases::command));
  }

  private static void unit(Scene scene) throws Exception {
    scene.with("host", "*");
    Unit unit = Style.COMMAND.unit(scene);
    Unit socket = scene.unit("legacy.socket", scene.example("ListenStream=8080"));
    scene.start(socket);
    Check.same("ActiveState", unit.property("ActiveState"), "inactive");
    Check.same("generation", scene.greet().generation(), 1);
    unit.awaitActive();
    scene.startLoad();
    Systemctl.must("reload", unit.name());
    scene.nobodyNotices();
    Check.same("who answers", scene.greet().pid(), unit.mainPid());

    Systemctl.must("stop", unit.name());
    unit.isInactive();
    Check.same("the next one's start", scene.greet().generation(), 3);
    unit.awaitActive();
  }

  /** Each gets the socket that it binds, whatever their names. */
  private static void command(Scene scene) throws Exception {
    scene.flavour("two").with("host", "*").with("admin", scene.admin());
    String line = scene.example("systemd-socket-activate -l 8080 -l 9090 ");
    Process process =
        scene.run(List.of("sh", "-c", "exec " + line.strip()), Map.of("XDG_RUNTIME_DIR", "/run"));
    scene.awaitLine("a socket that listens", "Listening on [::]:" + scene.admin());
    Greeting first = scene.greet();
    Check.same("who answers", first.pid(), process.pid());
    Endpoint admin = Endpoint.tcp("127.0.0.1", scene.admin());
    Check.same("who answers at the other", Greeting.parse(Request.get(admin, "/")), first);
    scene.startLoad();
    ProcessId.of(first.pid()).orElseThrow().signal(Signal.SIGUSR2);
    Check.same("exit status of the old process", process.waitFor(), 0);
    scene.nobodyNotices();
    Greeting second = Greeting.parse(Request.get(admin, "/"));
    Check.same("generation", second.generation(), 2);
    ProcessId.of(second.pid()).orElseThrow().signal(Signal.SIGTERM);
  }
}
