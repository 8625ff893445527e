package io.graceful.it.junit;

import io.graceful.it.app.App;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Server;
import io.graceful.it.jvm.Jdk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Where a test gets its servers from; {@link ServersExtension} ends them with the test. */
public final class Servers {
  private final Path directory;
  private final List<Server> started = new ArrayList<>();

  /** Of every server; for those that live too shortly for what the JVM would compile. */
  private static final String[] JVM_OPTIONS =
      System.getProperty("graceful.it.jvm", "").isEmpty()
          ? new String[0]
          : System.getProperty("graceful.it.jvm").split(" ");

  private int launches;

  Servers(Path directory) {
    this.directory = directory;
  }

  /** A server with the agent, and a soak time that suits a test. */
  public Launch launch(App app, Jdk jdk) {
    return launchWithoutAgent(app, jdk).agent(AgentCopy.JAR).option("soak", "300ms");
  }

  public Launch launchWithoutAgent(App app, Jdk jdk) {
    launches++;
    Path ownDirectory = launches == 1 ? directory : directory.resolve("server-" + launches);
    return Launch.of(app, jdk, ownDirectory).jvm(JVM_OPTIONS).ownedBy(started::add);
  }

  /** The agent that servers are launched with. */
  public Path agentJar() {
    return AgentCopy.JAR;
  }

  /** For files of the test itself. */
  public Path directory() throws IOException {
    return Files.createDirectories(directory);
  }

  List<Server> started() {
    return started;
  }

  /** A copy, so that a build can't change the jar under the servers that run with it. */
  private static final class AgentCopy {
    private static final Path JAR = copy();

    private static Path copy() {
      Path jar = Path.of(System.getProperty("graceful.agent.jar", "agent/target/graceful.jar"));
      if (!Files.exists(jar)) {
        throw new IllegalStateException(
            "no agent at "
                + jar.toAbsolutePath().normalize()
                + ": build it with mvn package in agent");
      }
      try {
        Path directory = Files.createDirectories(ServersExtension.logs().resolve("agent"));
        Path copy = Files.createTempFile(directory, "graceful", ".jar.part");
        Files.copy(jar, copy, StandardCopyOption.REPLACE_EXISTING);
        // At once: the servers of a test that runs beside this one may be starting with it.
        return Files.move(copy, directory.resolve("graceful.jar"), StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw new UncheckedIOException("can't copy " + jar, e);
      }
    }
  }
}
