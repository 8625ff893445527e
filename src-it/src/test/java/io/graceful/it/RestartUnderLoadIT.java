package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The promise itself: every server, on every JDK, through several restarts, without one failed
 * request and without one connection lost.
 */
@ExtendWith(ServersExtension.class)
class RestartUnderLoadIT {
  private static final int RESTARTS = Integer.getInteger("graceful.it.restarts", 3);

  /** Of each kind of traffic; the slowest makes a request in 0.7 s, and a restart takes one. */
  private static final long LEAST_PER_RESTART = 3;

  /** All apps, or those named by {@code graceful.it.apps}. */
  static Stream<App> selectedApps() {
    String names = System.getProperty("graceful.it.apps", "");
    List<String> selected = List.of(names.split(","));
    return Apps.httpServers().stream()
        .filter(app -> names.isBlank() || selected.contains(app.name()));
  }

  static Stream<Arguments> appsAndJdks() {
    return Jdks.with(selectedApps());
  }

  @ParameterizedTest(name = "{0} jdk {1}")
  @MethodSource("appsAndJdks")
  void no_request_fails(App app, int jdk, Servers servers) throws Exception {
    Server server = servers.launch(app, Jdks.find(jdk)).start();
    LoadReport report = restartUnderLoad(server, Loads.startWithKeepAlive(server));
    Loads.assertConnectionsKept(report);
    assertThat(server.stderr(line -> line.contains("time is up")))
        .as("drains that something held up")
        .isEmpty();
  }

  /** Also for servers that listen on something else than TCP. */
  static LoadReport restartUnderLoad(Server server, Load load) throws Exception {
    List<Restart> restarts = new ArrayList<>();
    for (int i = 0; i < RESTARTS; i++) {
      LoadReport before = load.snapshot();
      restarts.add(server.restart());
      LoadReport after = load.snapshot();
      Loads.assertBusyBetween(before, after);
      System.out.printf("%s: %s%n", server.app(), restarts.get(i));
    }
    LoadReport report = load.stop();
    System.out.println(report);

    Loads.assertNothingFailed(report);
    report
        .traffic()
        .forEach(
            (kind, traffic) ->
                assertThat(traffic.succeeded())
                    .as("%s", kind)
                    .isGreaterThan(LEAST_PER_RESTART * RESTARTS));
    assertThat(report.pids()).containsExactlyInAnyOrderElementsOf(server.starts());
    assertThat(server.starts()).hasSize(RESTARTS + 1);
    assertThat(server.greet().generation()).isEqualTo(RESTARTS + 1);
    Generations.assertOldOnesEndedWell(server, restarts);
    Generations.assertQuiet(server);
    return report;
  }
}
