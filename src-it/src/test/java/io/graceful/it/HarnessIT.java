package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.load.Failure;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import java.util.stream.Stream;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The apps without the agent: if these fail, no other test means anything. */
@ExtendWith(ServersExtension.class)
class HarnessIT {
  static Stream<App> apps() {
    return RestartUnderLoadIT.selectedApps();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("apps")
  void app_serves_the_load_and_ends_on_sigterm(App app, Servers servers) throws Exception {
    Server server = servers.launchWithoutAgent(app, Jdks.find(25)).start();
    Load load = Loads.startWithKeepAlive(server);
    LoadReport report = load.stop();

    Loads.assertNothingFailed(report);
    Loads.assertConnectionsKept(report);
    assertThat(report.pids()).containsExactly(server.serving().pid());
    assertThat(server.greet().generation()).isEqualTo(1);
    server.signal(Signal.SIGTERM);
    assertThat(server.awaitExit(server.serving(), Server.LIMIT)).hasValue(128 + 15);
    assertThat(server.stops()).containsExactly(server.serving().pid());
    assertThat(server.stdout()).isEmpty();
    assertThat(server.stderr()).isEmpty();
  }

  @EachJdk
  void stop_and_start_loses_requests_and_the_load_says_so(int jdk, Servers servers)
      throws Exception {
    Server server = servers.launchWithoutAgent(Apps.HTTPSERVER, Jdks.find(jdk)).start();
    Load load = Loads.start(server);
    server.signal(Signal.SIGTERM);
    server.awaitExit(server.serving(), Server.LIMIT);
    LoadReport report = load.stop();

    assertThat(report.failed()).as("%s", report).isPositive();
    report
        .traffic()
        .values()
        .forEach(traffic -> assertThat(traffic.failures()).doesNotContainKey(Failure.UNEXPECTED));
  }

  @EachJdk
  void shell_commands_environment_and_directory_reach_the_server(int jdk, Servers servers)
      throws Exception {
    Server server =
        servers
            .launchWithoutAgent(Apps.HTTPSERVER, Jdks.find(jdk))
            .after("umask 027; ulimit -n 500")
            .environment("ONE", "two words")
            .workingDirectory(servers.directory())
            .start();
    assertThat(server.view().status("Umask")).isEqualTo("0027");
    assertThat(server.view().limits())
        .anyMatch(line -> line.matches("Max open files +500 +500 .*"));
    assertThat(server.view().environment()).contains("ONE=two words", "PWD=" + servers.directory());
    assertThat(server.view().workingDirectory()).isEqualTo(servers.directory().toString());
    assertThat(server.view().listeners()).containsOnlyKeys(server.port());
  }

  @EachJdk
  void app_that_ends_at_once_is_reported_with_its_last_words(int jdk, Servers servers) {
    assertThatThrownBy(
            () ->
                servers
                    .launchWithoutAgent(Apps.HTTPSERVER, Jdks.find(jdk))
                    .with("exit-from", 1)
                    .with("exit-code", 3)
                    .start())
        .hasMessageContaining("ended with OptionalInt[3]")
        .hasMessageContaining("no licence");
  }
}
