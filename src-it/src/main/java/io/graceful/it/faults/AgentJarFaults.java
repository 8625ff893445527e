package io.graceful.it.faults;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The agent's jar is another one than that which the old process has loaded. */
final class AgentJarFaults {
  private static final String GROUP = "agent's jar";

  private AgentJarFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(GROUP, "is replaced by mv", AgentJarFaults::moved),
        new Fault(GROUP, "is overwritten in place", AgentJarFaults::overwritten),
        new Fault(GROUP, "is behind a symlink that is switched", AgentJarFaults::switched),
        new Fault(GROUP, "is deleted", AgentJarFaults::deleted),
        new Fault(GROUP, "is a newer one, of another protocol", AgentJarFaults::newer).always(),
        new Fault(GROUP, "is an older one, of another protocol", AgentJarFaults::older));
  }

  private static void moved(Scene scene) throws Exception {
    Path jar = start(scene, scene.agent());
    replace(jar, scene.agent());
    scene.restartSucceeds();
    scene.nextRestartSucceeds();
  }

  private static void overwritten(Scene scene) throws Exception {
    Path jar = start(scene, scene.agent());
    Files.write(jar, "not a jar any more".getBytes(StandardCharsets.US_ASCII));
    Files.write(jar, Files.readAllBytes(scene.agent()));
    scene.restartSucceeds();
    scene.nextRestartSucceeds();
  }

  private static void switched(Scene scene) throws Exception {
    Path link = scene.directory().resolve("current");
    Files.createSymbolicLink(link, release(scene, 1));
    scene.start(scene.launch().agent(link.resolve("graceful.jar")));
    scene.awaitPreloaded();
    Path next = Files.createSymbolicLink(scene.directory().resolve("next"), release(scene, 2));
    Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
    scene.restartSucceeds();
    scene.nextRestartSucceeds();
  }

  private static void deleted(Scene scene) throws Exception {
    Path jar = start(scene, scene.agent());
    Files.delete(jar);
    scene.expectLines(line -> !line.startsWith("graceful")); // What the new JVM says of it.
    scene.restartFails("exited with 1 before its agent had started");
    Files.copy(scene.agent(), jar);
    scene.nextRestartSucceeds();
  }

  private static void newer(Scene scene) throws Exception {
    otherProtocol(
        scene, scene.agent(), OtherProtocol.of(scene.agent(), scene.directory().resolve("2.jar")));
  }

  private static void older(Scene scene) throws Exception {
    otherProtocol(
        scene, OtherProtocol.of(scene.agent(), scene.directory().resolve("2.jar")), scene.agent());
  }

  private static void otherProtocol(Scene scene, Path first, Path second) throws Exception {
    Path jar = start(scene, first);
    replace(jar, second);
    scene.restartFails("its graceful.jar speaks version ");
    replace(jar, first);
    scene.nextRestartSucceeds();
  }

  private static Path release(Scene scene, int number) throws Exception {
    Path directory = scene.directory().resolve("releases/" + number);
    Files.createDirectories(directory);
    Files.copy(scene.agent(), directory.resolve("graceful.jar"));
    return directory;
  }

  private static Path start(Scene scene, Path content) throws Exception {
    Path jar = Files.copy(content, scene.directory().resolve("graceful.jar"));
    scene.start(scene.launch().agent(jar));
    scene.awaitPreloaded();
    return jar;
  }

  private static void replace(Path jar, Path by) throws Exception {
    Path next = Files.copy(by, jar.resolveSibling("next.jar"));
    Files.move(next, jar, StandardCopyOption.ATOMIC_MOVE);
  }
}
