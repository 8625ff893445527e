package io.graceful.it;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.jvm.ProcessView;
import java.util.ArrayList;
import java.util.List;

/** A server under {@code java -jar graceful.jar run}, which is the first process of its family. */
final class Supervised {

  private Supervised() {}

  static Launch launch(Servers servers, Jdk jdk, String options, String... more) {
    return servers
        .launchWithoutAgent(Apps.HTTPSERVER, jdk)
        .under(supervisor(servers, jdk, options, more));
  }

  /**
   * @param options of the agent
   * @param more options of run
   */
  static List<String> supervisor(Servers servers, Jdk jdk, String options, String... more) {
    List<String> supervisor =
        new ArrayList<>(
            List.of(jdk.java().toString(), "-jar", servers.agentJar().toString(), "run"));
    supervisor.addAll(List.of(more));
    supervisor.addAll(List.of("--options", options, "--"));
    return supervisor;
  }

  /**
   * @param command what comes in front of the server's command
   */
  static List<String> withoutOptions(Servers servers, String... command) {
    List<String> supervisor =
        new ArrayList<>(
            List.of(
                Jdks.any().java().toString(), "-jar", servers.agentJar().toString(), "run", "--"));
    supervisor.addAll(List.of(command));
    return supervisor;
  }

  static void awaitGeneration(Server server, int generation) {
    Await.until(
        "the start of generation " + generation,
        Server.LIMIT,
        () -> server.starts().size() == generation);
    server.awaitAnswerBy(server.family().member(server.starts().get(generation - 1)).orElseThrow());
  }

  static void assertReaps(ProcessId supervisor) {
    Await.until(
        "no zombie", Server.LIMIT, () -> ProcessView.of(supervisor.pid()).zombies().isEmpty());
  }

  static void awaitStored(Server server) {
    Await.until(
        "its socket in the supervisor",
        Server.LIMIT,
        () -> ProcessView.of(server.family().first().pid()).listeners().containsKey(server.port()));
  }
}
