package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The native library needs a directory for a moment. Servers run in a mount namespace of their own,
 * where directories are as hardened machines have them.
 */
@ExtendWith(ServersExtension.class)
class TemporaryDirectoriesIT {

  @EachJdk
  void noexec(int jdk, Servers servers) throws Exception {
    Path temporary = directory(servers, "tmp");
    assertUsesTheNextOne(servers, jdk, temporary, remount(temporary, "noexec"));
  }

  @EachJdk
  void read_only(int jdk, Servers servers) throws Exception {
    Path temporary = directory(servers, "tmp");
    assertUsesTheNextOne(servers, jdk, temporary, remount(temporary, "ro"));
  }

  @EachJdk
  void full(int jdk, Servers servers) throws Exception {
    Path temporary = directory(servers, "tmp");
    assertUsesTheNextOne(servers, jdk, temporary, mountFull(temporary));
  }

  @EachJdk
  void none_will_do(int jdk, Servers servers) throws Exception {
    Path full = directory(servers, "tmp");
    Path readOnly = directory(servers, "runtime");
    Path besideTheJar = directory(servers, "agent");
    Path jar = Files.copy(servers.agentJar(), besideTheJar.resolve("agent.jar"));
    Server server =
        launch(
                servers,
                jdk,
                full,
                readOnly,
                mountFull(full)
                    + remount(readOnly, "ro")
                    + remount(Path.of("/var/tmp"), "noexec")
                    + remount(Path.of("/dev/shm"), "noexec")
                    + remount(besideTheJar, "noexec"))
            .agent(jar)
            .start();

    server.awaitStderr("the complaint", line -> line.contains("restarts are disabled"));
    assertThat(server.greet().pid()).isEqualTo(server.serving().pid());
    assertThat(server.stderr())
        .containsExactly(
            "graceful["
                + server.serving().pid()
                + "]: restarts are disabled, the application runs on: no directory to load a native"
                + " library from: tried "
                + full
                + " (No space left on device), "
                + readOnly
                + " (Read-only file system), /var/tmp (noexec?), /dev/shm (noexec?), "
                + besideTheJar
                + " (noexec?); make one of them writable and mounted without noexec, or set"
                + " -Djava.io.tmpdir=DIR; don't send SIGUSR2: nothing catches it, and the JVM may"
                + " crash");
    assertThat(seenBy(server, full)).isEmptyDirectory();
    assertThat(besideTheJar.toFile().list()).containsExactly("agent.jar");
  }

  private static void assertUsesTheNextOne(
      Servers servers, int jdk, Path temporary, String commands) throws Exception {
    Path next = directory(servers, "runtime");
    Server server = launch(servers, jdk, temporary, next, commands).start();
    server.restart();

    assertThat(server.greet().generation()).isEqualTo(2);
    assertThat(mapped(server)).contains(" " + next + "/graceful-" + server.serving().pid() + "-");
    Generations.assertQuiet(server);
    assertThat(seenBy(server, temporary)).isEmptyDirectory();
    assertThat(next).isDirectoryNotContaining("glob:**.so");
  }

  private static Launch launch(
      Servers servers, int jdk, Path temporary, Path next, String commands) {
    return servers
        .launch(Apps.HTTPSERVER, Jdks.find(jdk))
        .jvm("-Djava.io.tmpdir=" + temporary)
        .environment("XDG_RUNTIME_DIR", next.toString())
        .after(
            "exec unshare --user --map-root-user --mount sh -ec '"
                + commands
                + "exec \"$@\"' sh \"$@\"");
  }

  private static Path directory(Servers servers, String name) throws IOException {
    return Files.createDirectories(servers.directory().resolve(name));
  }

  private static String mountFull(Path directory) {
    return "mount -t tmpfs -o size=4k none \"" + directory + "\"\n";
  }

  /** Hides nothing that is in it. Flags can only be added in a namespace like this. */
  private static String remount(Path directory, String flag) {
    return "mount --bind \"%1$s\" \"%1$s\"\nmount -o remount,bind,nosuid,nodev,%2$s \"%1$s\"\n"
        .formatted(directory, flag);
  }

  private static Path seenBy(Server server, Path directory) {
    return Path.of("/proc/" + server.serving().pid() + "/root" + directory);
  }

  private static String mapped(Server server) throws IOException {
    return Files.readString(Path.of("/proc/" + server.serving().pid() + "/maps"));
  }
}
