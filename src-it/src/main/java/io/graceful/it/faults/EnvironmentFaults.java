package io.graceful.it.faults;

import io.graceful.it.app.Launch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** What a server is started with, and what lies around it, is unusual or changes. */
final class EnvironmentFaults {
  private static final String GROUP = "environment";
  private static final int MANY_VARIABLES = 10_000;
  private static final int LONG_ARGUMENT = 100 * 1024;

  private EnvironmentFaults() {}

  static List<Fault> all() {
    return List.of(
        restarts(
            "paths of 200 characters, deep, with spaces and UTF-8",
            EnvironmentFaults::inDeepDirectory),
        restarts(
            "100 KB of arguments",
            scene -> scene.launch().jvm("-Dpadding=" + "x".repeat(LONG_ARGUMENT))),
        restarts(
            "arguments with spaces, quotes, newlines and UTF-8",
            scene -> scene.launch().jvm("-Dodd=" + "a b\t\"c\" 'd'\n\u00e9\u20ac $HOME `id`")),
        restarts("an environment of 10,000 variables", EnvironmentFaults::manyVariables),
        restarts("an argument file of the JVM", EnvironmentFaults::argumentFile).always().since(9),
        restarts("JDK_JAVA_OPTIONS and JAVA_TOOL_OPTIONS", EnvironmentFaults::optionsInVariables),
        restarts(
            "locale C",
            scene -> scene.launch().environment("LC_ALL", "C").environment("LANG", "C")),
        restarts(
            "locale C, in a directory with UTF-8 in its path",
            EnvironmentFaults::inForeignDirectory),
        restarts("locale C.UTF-8", scene -> scene.launch().environment("LC_ALL", "C.UTF-8")),
        restarts("a small stack (ulimit -s)", scene -> scene.launch().after("ulimit -s 256")),
        restarts(
            "a user namespace, as its root",
            scene -> scene.launch().after("exec unshare --user --map-root-user \"$@\"")),
        restarts(
            "a user namespace, as nobody in it",
            scene -> scene.launch().after("exec unshare --user \"$@\"")),
        restarts(
            "no cgroups to be seen", scene -> scene.launch().after(withEmpty("/sys/fs/cgroup"))),
        new Fault(
            GROUP,
            "java.io.tmpdir becomes read-only",
            scene -> remounted(scene, "remount,bind,ro")),
        new Fault(
            GROUP, "java.io.tmpdir becomes noexec", scene -> remounted(scene, "remount,noexec")),
        new Fault(GROUP, "java.io.tmpdir becomes full", EnvironmentFaults::full),
        new Fault(
            GROUP, "the working directory is deleted", EnvironmentFaults::directoryIsDeleted));
  }

  private interface Setting {
    Launch launch(Scene scene) throws Exception;
  }

  /** Where a restart has to work, twice. */
  private static Fault restarts(String name, Setting setting) {
    return new Fault(
        GROUP,
        name,
        scene -> {
          scene.start(setting.launch(scene));
          scene.restartSucceeds();
          scene.nextRestartSucceeds();
        });
  }

  private static String withEmpty(String directory) {
    String inside = "mount -t tmpfs none " + directory + " && exec \"$@\"";
    return "exec unshare --user --map-root-user --mount sh -c '" + inside + "' sh \"$@\"";
  }

  private static Launch inDeepDirectory(Scene scene) throws Exception {
    Path deep = scene.directory();
    for (int level = 0; level < 20; level++) {
      deep = deep.resolve("a b \u00e9\u20ac-" + level);
    }
    deep = Files.createDirectories(deep.resolve("x".repeat(200)));
    Path jar = Files.copy(scene.agent(), deep.resolve("agent \u00e9.jar"));
    return scene.launch().agent(jar).workingDirectory(deep).environment("LC_ALL", "C.UTF-8");
  }

  private static Launch inForeignDirectory(Scene scene) throws Exception {
    Path directory = scene.directory().toAbsolutePath().resolve("a b \u00e9\u20ac");
    return scene
        .launch()
        .workingDirectory(Files.createDirectories(directory))
        .environment("LC_ALL", "C")
        .environment("LANG", "C");
  }

  /** Between the start and the restart. */
  private static void remounted(Scene scene, String options) throws Exception {
    startWithOwnTemporary(scene);
    inside(scene, "mount -o " + options + " " + scene.temporary());
    scene.restartSucceeds();
    scene.nextRestartSucceeds();
  }

  private static void full(Scene scene) throws Exception {
    startWithOwnTemporary(scene);
    inside(scene, "dd if=/dev/zero of=" + scene.temporary() + "/full bs=64k; test $? = 1");
    scene.restartSucceeds();
    scene.nextRestartSucceeds();
  }

  /** A file system of the server's own. */
  private static void startWithOwnTemporary(Scene scene) throws Exception {
    String mount = "mount -t tmpfs -o size=1m none " + scene.temporary() + " && exec \"$@\"";
    String unshare = "exec unshare --user --map-root-user --mount sh -c '" + mount + "' sh \"$@\"";
    scene.start(scene.launch().after(unshare));
    scene.awaitPreloaded();
  }

  private static void inside(Scene scene, String command) throws Exception {
    String pid = String.valueOf(scene.old().pid());
    scene.run(
        "nsenter",
        "--target",
        pid,
        "--user",
        "--mount",
        "--preserve-credentials",
        "sh",
        "-c",
        command);
  }

  private static Launch manyVariables(Scene scene) {
    Launch launch = scene.launch();
    IntStream.range(0, MANY_VARIABLES)
        .forEach(number -> launch.environment("VARIABLE_" + number, "value " + number));
    return launch;
  }

  private static Launch argumentFile(Scene scene) throws Exception {
    Path file = scene.directory().resolve("jvm.options");
    Files.writeString(file, "-Xss512k\n-Dfrom.file=\"a b\"\n");
    return scene.launch().jvm("@" + file);
  }

  private static Launch optionsInVariables(Scene scene) {
    scene.expectLines(line -> line.startsWith("NOTE: Picked up ") || line.startsWith("Picked up "));
    return scene
        .launch()
        .environment("JDK_JAVA_OPTIONS", "-Dby.java.options=1")
        .environment("JAVA_TOOL_OPTIONS", "-Dby.tool.options=1");
  }

  private static void directoryIsDeleted(Scene scene) throws Exception {
    Path directory = Files.createDirectories(scene.directory().resolve("gone"));
    scene.start(scene.launch().workingDirectory(directory));
    Files.delete(directory);
    scene.restartFails(directory.toString());
    Files.createDirectories(directory);
    scene.nextRestartSucceeds();
  }
}
