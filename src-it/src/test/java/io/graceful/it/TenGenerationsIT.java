package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.ProcessView;
import io.graceful.it.load.RequestFailed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Restarts add up to nothing: the tenth generation is like the second. */
@ExtendWith(ServersExtension.class)
class TenGenerationsIT {
  private static final int GENERATIONS = 10;

  /** More than the app's pool has threads, so that each generation has all of them. */
  private static final int WARM_UP_REQUESTS = 300;

  @TempDir private Path runtimeDirectory;

  @EachJdk
  void tenth_generation_has_what_the_second_had(int jdk, Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(jdk))
            // Otherwise the JVM starts and ends compiler and collector threads as it sees fit.
            .jvm("-XX:+UseSerialGC")
            .jvmSince(11, "-XX:-UseDynamicNumberOfCompilerThreads")
            .after("umask 027; ulimit -n 777")
            .environment("SOME", "value with spaces = and equals")
            // Otherwise a "list" of another test is a descriptor more while it lasts.
            .environment("XDG_RUNTIME_DIR", runtimeDirectory.toString())
            .start();
    List<Restart> restarts = new ArrayList<>();
    restarts.add(server.restart());
    Facts second = factsOf(server);

    for (int generation = 3; generation <= GENERATIONS; generation++) {
      restarts.add(server.restart());
    }
    assertThat(server.greet().generation()).isEqualTo(GENERATIONS);
    Facts tenth = factsOf(server);
    assertThat(tenth).usingRecursiveComparison().isEqualTo(second);
    Generations.assertOldOnesEndedWell(server, restarts);
    Generations.assertQuiet(server);
  }

  @EachJdk
  void second_generation_inherits_what_the_first_was_given(int jdk, Servers servers)
      throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(jdk))
            .after("umask 027; ulimit -n 777")
            .environment("SOME", "a b")
            .start();
    ProcessView first = server.view();
    List<String> arguments = first.arguments();
    List<String> environment = first.environment();
    List<String> limits = first.limits();
    String ignored = first.status("SigIgn");
    String directory = first.workingDirectory();
    server.restart();

    assertThat(server.view().arguments()).isEqualTo(arguments);
    assertThat(server.view().environment()).isEqualTo(environment);
    assertThat(server.view().limits()).isEqualTo(limits);
    assertThat(server.view().status("Umask")).isEqualTo("0027");
    assertThat(server.view().status("SigIgn")).isEqualTo(ignored);
    assertThat(server.view().workingDirectory()).isEqualTo(directory);
  }

  /** Once nothing is in motion: all pool threads are there, and all connections are gone. */
  private static Facts factsOf(Server server) throws RequestFailed {
    for (int i = 0; i < WARM_UP_REQUESTS; i++) {
      assertThat(server.greet().pid()).isEqualTo(server.serving().pid());
    }
    ProcessView view = server.view();
    return new Facts(
        Settled.descriptors(server),
        view.environment(),
        view.arguments(),
        view.limits(),
        view.workingDirectory(),
        view.status("Umask"),
        view.status("SigBlk"),
        view.status("SigIgn"),
        view.threads());
  }

  private record Facts(
      List<String> descriptors,
      List<String> environment,
      List<String> arguments,
      List<String> limits,
      String workingDirectory,
      String umask,
      String blockedSignals,
      String ignoredSignals,
      Map<String, Integer> threads) {}
}
