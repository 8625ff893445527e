package io.graceful.it.faults;

import io.graceful.it.app.Launch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
        restarts("an argument file of the JVM", EnvironmentFaults::argumentFile).always(),
        restarts("JDK_JAVA_OPTIONS and JAVA_TOOL_OPTIONS", EnvironmentFaults::optionsInVariables),
        restarts(
            "locale C",
            scene -> scene.launch().environment("LC_ALL", "C").environment("LANG", "C")),
        restarts("locale C.UTF-8", scene -> scene.launch().environment("LC_ALL", "C.UTF-8")),
        restarts("a small stack (ulimit -s)", scene -> scene.launch().after("ulimit -s 256")),
        new Fault(GROUP, "the agent's jar is replaced by mv", scene -> jarIsReplaced(scene, true)),
        new Fault(
            GROUP, "the agent's jar is overwritten in place", scene -> jarIsReplaced(scene, false)),
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

  private static Launch inDeepDirectory(Scene scene) throws Exception {
    Path deep = scene.directory();
    for (int level = 0; level < 20; level++) {
      deep = deep.resolve("a b \u00e9\u20ac-" + level);
    }
    deep = Files.createDirectories(deep.resolve("x".repeat(200)));
    Path jar = Files.copy(scene.agent(), deep.resolve("agent \u00e9.jar"));
    return scene.launch().agent(jar).workingDirectory(deep).environment("LC_ALL", "C.UTF-8");
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

  private static void jarIsReplaced(Scene scene, boolean moved) throws Exception {
    Path jar = Files.copy(scene.agent(), scene.directory().resolve("graceful.jar"));
    scene.start(scene.launch().agent(jar));
    scene.awaitPreloaded();
    if (moved) {
      Path next = Files.copy(scene.agent(), scene.directory().resolve("next.jar"));
      Files.move(next, jar, StandardCopyOption.ATOMIC_MOVE);
    } else {
      byte[] same = Files.readAllBytes(scene.agent());
      Files.write(jar, "not a jar any more".getBytes(StandardCharsets.US_ASCII));
      Files.write(jar, same);
    }
    scene.restartSucceeds();
    scene.nextRestartSucceeds();
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
