package io.graceful.it.faults;

import io.graceful.it.app.Launch;
import io.graceful.it.jvm.Check;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Variables that whoever starts the server has set to mislead the agent: it must serve. */
final class VariableFaults {
  private static final String GROUP = "variables";
  private static final String FIRST_AFTER_ALL = ".*: starting as a first generation.*";
  private static final String NO_CONTROL = "no control socket, signals work all the same: .*";

  private VariableFaults() {}

  static List<Fault> all() {
    return List.of(
        serves("GRACEFUL_TAKEOVER names nobody", "GRACEFUL_TAKEOVER", "4194304", FIRST_AFTER_ALL),
        serves("GRACEFUL_TAKEOVER names no file", "GRACEFUL_TAKEOVER", "/no/file", FIRST_AFTER_ALL),
        serves(
            "GRACEFUL_PIDFILE can't be written",
            "GRACEFUL_PIDFILE",
            "/proc/no/pidfile",
            "can't (write|remove) the pidfile .*"),
        serves("LISTEN_FDS is huge", "LISTEN_FDS", "2147483647", ".*LISTEN_FDS.*"),
        serves(
            "NOTIFY_SOCKET is nobody's",
            "NOTIFY_SOCKET",
            "@graceful-nobody",
            "can't tell systemd .*|children of the application get systemd's variables: .*"),
        new Fault(GROUP, "GRACEFUL_TAKEOVER names a foreign process", VariableFaults::foreign),
        new Fault(
            GROUP, "GRACEFUL_TAKEOVER names a foreign socket", VariableFaults::foreignSocket));
  }

  /**
   * @param told what the agent may say of it
   */
  private static Fault serves(String name, String variable, String value, String told) {
    return new Fault(
        GROUP,
        name,
        scene -> {
          scene.told().whenever(told);
          scene.start(scene.launch().environment(variable, value));
          scene.restartSucceeds();
          scene.nextRestartSucceeds();
        });
  }

  /** It can't be told whether that one serves, so this one does not start beside it: it says so. */
  private static void foreign(Scene scene) throws Exception {
    refuses(scene, String.valueOf(ProcessHandle.current().pid()), "has no control socket");
  }

  private static void foreignSocket(Scene scene) throws Exception {
    Path socket = Files.createFile(scene.directory().toAbsolutePath().resolve("4711-99.sock"));
    refuses(scene, socket.toString(), "holds no pid");
  }

  private static void refuses(Scene scene, String named, String reason) throws Exception {
    Launch launch = scene.launch().environment("GRACEFUL_TAKEOVER", named);
    try {
      launch.start();
    } catch (AssertionError ended) {
      Check.that(ended.getMessage().contains("ended with OptionalInt[70]"), "%s", ended);
      Check.that(ended.getMessage().contains(reason), "%s", ended);
      return;
    }
    throw new AssertionError("it serves");
  }
}
