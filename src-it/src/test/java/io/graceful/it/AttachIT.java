package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.jvm.ProcessView;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that was started without the agent gets it while it runs. */
@ExtendWith(ServersExtension.class)
class AttachIT {

  private static final String OPTIONS = "soak=300ms";

  /** Its path must be short. */
  @TempDir private Path runtimeDirectory;

  static Stream<Arguments> appsAndJdks() {
    Stream<Arguments> everywhere = Jdks.features().map(jdk -> Arguments.of(Apps.HTTPSERVER, jdk));
    int newest = Jdks.features().max(Integer::compare).orElseThrow();
    Stream<Arguments> others =
        Stream.of(Apps.THREADS, Apps.NETTY_EPOLL).map(app -> Arguments.of(app, newest));
    return Stream.concat(everywhere, others);
  }

  @ParameterizedTest(name = "{0} jdk {1}")
  @MethodSource("appsAndJdks")
  void its_first_restart_is_as_good_as_any(App app, int jdk, Servers servers) throws Exception {
    Server server = launch(app, Jdks.find(jdk), servers).start();
    ProcessId first = server.serving();
    List<String> arguments = server.view().arguments();
    List<String> environment = server.view().environment();
    Load load = Loads.startWithKeepAlive(server); // Its connections were there before the agent.

    CommandRun attach = run(servers, "attach", first.pid(), OPTIONS);
    assertThat(attach.status()).as("%s", attach.err()).isZero();
    assertThat(attach.err()).isEmpty();
    assertThat(attach.out())
        .containsExactly(
            "loading the agent into pid "
                + first.pid()
                + " (a JVM from 21 on warns of that on its stderr)",
            "attached: pid "
                + first.pid()
                + " can be restarted, and hands over 127.0.0.1:"
                + server.port());

    List<Restart> restarts = new ArrayList<>();
    List<String> withAgent = new ArrayList<>(arguments);
    withAgent.add(1, "-javaagent:" + servers.agentJar() + "=" + OPTIONS);
    for (int i = 0; i < 2; i++) {
      restarts.add(server.restart());
      ProcessView successor = ProcessView.of(server.serving().pid());
      assertThat(successor.arguments()).isEqualTo(withAgent);
      assertThat(successor.environment()).isEqualTo(environment);
    }
    LoadReport report = load.stop();
    Loads.assertNothingFailed(report);
    Loads.assertConnectionsKept(report);
    Generations.assertOldOnesEndedWell(server, restarts);
    assertThat(server.stdout()).isEmpty();
    assertThat(server.stderr(line -> !line.startsWith("graceful[")))
        .allMatch(line -> jdk >= 21 && line.startsWith("WARNING: "))
        .hasSize(jdk >= 21 ? 4 : 0);
  }

  @Test
  void what_it_can_not_be_loaded_into_is_said_and_lives_on(Servers servers) throws Exception {
    Server server = launch(Apps.HTTPSERVER, Jdks.any(), servers).start();
    ProcessId process = server.serving();

    CommandRun wrong = run(servers, "attach", process.pid(), "soak=soon");
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).singleElement().asString().contains("'soon'", "soak", "10s or 2m");
    assertThat(run(servers, "attach", "legacy.jar").status()).isEqualTo(2);
    CommandRun nobody = run(servers, "attach", Integer.MAX_VALUE / 1000);
    assertThat(nobody.status()).isEqualTo(3);
    Path pidfile = Files.writeString(runtimeDirectory.resolve("app.pid"), process.pid() + "\n");
    assertThat(run(servers, "attach", pidfile, OPTIONS).status()).isZero();
    CommandRun again = run(servers, "attach", process.pid());
    assertThat(again.status()).isEqualTo(1);
    assertThat(again.err())
        .containsExactly("graceful: pid " + process.pid() + " has the agent already: restart it");
    assertThat(server.greet().pid()).isEqualTo(process.pid());

    Process sleep = new ProcessBuilder("sleep", "600").start();
    try {
      CommandRun foreign = run(servers, "attach", sleep.pid());
      assertThat(foreign.status()).isEqualTo(1);
      assertThat(foreign.err()).singleElement().asString().contains("is no JVM that an agent can");
      assertThat(sleep.isAlive()).isTrue();
    } finally {
      sleep.destroyForcibly();
    }
  }

  @Test
  void one_without_a_socket_is_not_waited_for_wherever_that_is_said(Servers servers)
      throws Exception {
    Path config = Files.writeString(runtimeDirectory.resolve("config"), "control=off\n");
    for (String option : List.of("CONTROL=off", "CONFIG=" + config)) {
      String[] variable = option.split("=");
      Server server =
          launch(Apps.HTTPSERVER, Jdks.any(), servers)
              .environment("GRACEFUL_" + variable[0], variable[1])
              .start();
      long pid = server.serving().pid();

      CommandRun attach = run(servers, "attach", pid, OPTIONS, "--json");
      assertThat(attach.status()).as("%s", attach.err()).isZero();
      assertThat(attach.out()).containsExactly("{\"event\":\"loaded\",\"pid\":" + pid + "}");
      server.awaitStderr("the news", line -> line.contains("]: loaded while the application runs"));
    }
  }

  @Test
  void a_jvm_that_does_not_let_it_in_says_so(Servers servers) throws Exception {
    Server server =
        launch(Apps.HTTPSERVER, Jdks.find(25), servers)
            .jvm("-XX:-EnableDynamicAgentLoading")
            .start();
    ProcessId process = server.serving();

    CommandRun attach = run(servers, "attach", process.pid());

    assertThat(attach.status()).isEqualTo(1);
    if (Jdks.any().feature() > 8) {
      assertThat(attach.err())
          .singleElement()
          .asString()
          .startsWith("graceful: can't load the agent into pid " + process.pid() + ": ")
          .contains("EnableDynamicAgentLoading");
    } else {
      assertThat(attach.err().get(0))
          .isEqualTo(
              "graceful: pid "
                  + process.pid()
                  + " has not opened its control socket, and this java, of JDK 8, can't read what a"
                  + " newer one answers: run the command with the java of pid "
                  + process.pid());
    }
    assertThat(server.greet().pid()).isEqualTo(process.pid());
  }

  @Test
  void an_agent_that_can_not_restart_it_leaves_it_its_signal(Servers servers) throws Exception {
    Server server =
        launch(Apps.HTTPSERVER, Jdks.any(), servers)
            .with("own-signals", "USR2")
            .environment("GRACEFUL_SOAK", "soon")
            .start();
    ProcessId process = server.serving();

    CommandRun attach = run(servers, "attach", process.pid());
    assertThat(attach.status()).as("%s", attach.out()).isEqualTo(1);
    server.awaitStderr("why", line -> line.contains("restarts are disabled"));
    server.signal(Signal.SIGUSR2);

    Path handled = server.state("signals");
    Await.until("its own handler", Duration.ofSeconds(20), () -> handled.toFile().length() > 0);
    assertThat(Files.readString(handled)).isEqualTo(process.pid() + " USR2\n");
    assertThat(server.greet().pid()).isEqualTo(process.pid());
  }

  private Launch launch(App app, Jdk jdk, Servers servers) throws IOException {
    return servers
        .launchWithoutAgent(app, jdk)
        .environment("XDG_RUNTIME_DIR", runtimeDirectory.toString());
  }

  private CommandRun run(Servers servers, Object... arguments) throws Exception {
    return CommandRun.run(Jdks.any(), servers.agentJar(), runtimeDirectory, arguments);
  }
}
