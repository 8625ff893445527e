package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Server;
import io.graceful.it.jvm.Await;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import io.graceful.it.load.Traffic;
import io.graceful.it.load.TrafficReport;
import java.util.List;

/** The load that most tests put on a server, and what must be true of it. */
final class Loads {
  private Loads() {}

  /** Everything that a restart could cut, in flight at any moment; no keep-alive clients. */
  static Load start(Server server) {
    return start(plan(server));
  }

  /** The same and 60 connections that shall stay open, half of them with blind clients. */
  static Load startWithKeepAlive(Server server) {
    return start(plan(server).keepAlive(30, 20, false).keepAlive(30, 20, true));
  }

  private static Load.Plan plan(Server server) {
    return server
        .load()
        .connectionPerRequest(150)
        .slow(4, 300)
        .uploads(3, 200_000, 700)
        .downloads(3, 500_000, 700);
  }

  private static Load start(Load.Plan plan) {
    Load load = plan.start();
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

  /**
   * Each keep-alive client was answered on one and the same connection all the time, but for those
   * whose close the server had announced itself.
   */
  static void assertConnectionsKept(LoadReport report) {
    List<Traffic> kinds =
        report.traffic().keySet().stream().filter(Traffic::keepsConnections).toList();
    assertThat(kinds).as("keep-alive traffic%n%s", report).isNotEmpty();
    assertThat(kinds)
        .allSatisfy(
            kind -> {
              TrafficReport traffic = report.of(kind);
              assertThat(traffic.failures()).as("failures of %s%n%s", kind, report).isEmpty();
              assertThat(traffic.lostConnections())
                  .as(
                      "connections that %d clients of %s lost: they opened %d, %d of these after"
                          + " an announced close; %d were found closed, %d requests failed%n%s",
                      traffic.clients(),
                      kind,
                      traffic.connections(),
                      traffic.replacements(),
                      traffic.reconnects(),
                      traffic.failed(),
                      report)
                  .isZero();
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
