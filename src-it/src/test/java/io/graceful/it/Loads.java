package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Server;
import io.graceful.it.jvm.Await;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import io.graceful.it.load.Traffic;

/** The load that most tests put on a server, and what must be true of it. */
final class Loads {
  private Loads() {}

  /** Everything that a restart could cut, in flight at any moment; no keep-alive clients. */
  static Load start(Server server) {
    Load load =
        server
            .load()
            .connectionPerRequest(150)
            .slow(4, 300)
            .uploads(3, 200_000, 700)
            .downloads(3, 500_000, 700)
            .start();
    Await.until(
        "a first response in each traffic",
        Server.LIMIT,
        () ->
            load.snapshot().traffic().values().stream()
                .allMatch(traffic -> traffic.succeeded() > 0 || traffic.failed() > 0));
    return load;
  }

  static void assertNothingFailed(LoadReport report) {
    assertThat(report.traffic()).isNotEmpty();
    report
        .traffic()
        .forEach(
            (kind, traffic) -> {
              assertThat(traffic.failures()).as("failures of %s%n%s", kind, report).isEmpty();
              assertThat(traffic.succeeded()).as("successes of %s%n%s", kind, report).isPositive();
            });
  }

  /** That each traffic had requests in flight between two snapshots. */
  static void assertBusyBetween(LoadReport before, LoadReport after) {
    for (Traffic kind : after.traffic().keySet()) {
      assertThat(after.of(kind).overlapping(before.of(kind)))
          .as("%s in flight during a restart", kind)
          .isPositive();
    }
  }
}
