package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import io.graceful.it.load.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** More than a hundred bodies on their way at any moment, each known to the last byte. */
@ExtendWith(ServersExtension.class)
class ByteExactnessIT {
  private static final int RESTARTS = Integer.getInteger("graceful.it.restarts", 3);
  private static final int UPLOADS = 60;
  private static final int DOWNLOADS = 60;
  private static final int BYTES = 400_000;

  /** How long each takes: long enough to begin before a handover and to end after it. */
  private static final int MILLIS = 2_000;

  /** A thread that blocks for each connection, and an event loop. */
  static Stream<Arguments> appsAndJdks() {
    String names = System.getProperty("graceful.it.apps", "");
    List<App> apps =
        names.isBlank()
            ? List.of(Apps.THREADS, Apps.NETTY_EPOLL)
            : RestartUnderLoadIT.selectedApps().toList();
    return Jdks.with(apps.stream());
  }

  @ParameterizedTest(name = "{0} jdk {1}")
  @MethodSource("appsAndJdks")
  void every_byte_arrives_once_and_in_its_place(App app, int jdk, Servers servers)
      throws Exception {
    Server server = servers.launch(app, Jdks.find(jdk)).start();
    Load load =
        server.load().uploads(UPLOADS, BYTES, MILLIS).downloads(DOWNLOADS, BYTES, MILLIS).start();
    Await.until(
        "all are on their way",
        Server.LIMIT,
        () ->
            load.snapshot().of(Traffic.UPLOAD).started() >= UPLOADS
                && load.snapshot().of(Traffic.DOWNLOAD).started() >= DOWNLOADS);
    List<Restart> restarts = new ArrayList<>();
    for (int i = 0; i < RESTARTS; i++) {
      LoadReport before = load.snapshot();
      restarts.add(server.restart());
      Loads.assertBusyBetween(before, load.snapshot());
    }
    LoadReport report = load.stop();
    System.out.printf("%s: %s%n%s%n", app, restarts, report);

    Loads.assertNothingFailed(report);
    assertThat(report.succeeded()).isGreaterThanOrEqualTo(UPLOADS + DOWNLOADS);
    Generations.assertOldOnesEndedWell(server, restarts);
    Generations.assertQuiet(server);
  }
}
