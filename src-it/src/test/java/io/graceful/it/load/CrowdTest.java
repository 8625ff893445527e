package io.graceful.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many connections in one thread, as strict as few in many threads. */
@Timeout(60)
class CrowdTest {
  private static final int CONNECTIONS = 150; // the server keeps no more than 200

  @Test
  void each_connection_is_opened_once_and_used() throws Exception {
    try (WellBehavedServer server = new WellBehavedServer();
        Crowd crowd = Crowd.against(at(server.port()), CONNECTIONS, 1000)) {
      await(() -> crowd.connectionsAnsweredBy(17) == CONNECTIONS);
      crowd.stop();
      CrowdReport report = crowd.report();
      assertThat(report.isClean()).as("%s", report).isTrue();
      assertThat(report.connected()).isEqualTo(CONNECTIONS);
      assertThat(report.started()).isEqualTo(report.latencies().getTotalCount());
      assertThat(report.started()).isGreaterThanOrEqualTo(CONNECTIONS);
      assertThat(report.longestWaits().getTotalCount()).isEqualTo(CONNECTIONS);
      assertThat(crowd.report().started()).as("in a report that follows at once").isZero();
    }
  }

  @Test
  void pace_is_kept() throws Exception {
    long begin = System.nanoTime();
    try (WellBehavedServer server = new WellBehavedServer();
        Crowd crowd = Crowd.against(at(server.port()), 10, 200)) {
      for (long started = 0; started < 100; started += crowd.report().started()) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
      assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(450));
    }
  }

  @Test
  void connection_closed_between_two_requests_is_lost() throws Exception {
    CrowdReport report = reportOn(connection -> connection.send(connection.rightAnswer()));
    assertThat(report.lost()).isPositive();
    assertThat(report.lost())
        .isEqualTo(report.closedWhileResting() + report.failed())
        .isGreaterThanOrEqualTo(report.connected() - 1);
  }

  @Test
  void announced_close_is_no_loss() throws Exception {
    CrowdReport report =
        reportOn(
            connection ->
                connection.send(
                    connection.rightAnswer().replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")));
    assertThat(report.isClean()).as("%s", report).isTrue();
    assertThat(report.announcedCloses()).isPositive();
  }

  @Test
  void silence_is_a_read_timeout() throws Exception {
    assertOnly(Failure.READ_TIMEOUT, reportOn(connection -> Thread.sleep(20_000), 200));
  }

  @Test
  void reset_is_a_reset() throws Exception {
    assertOnly(Failure.RESET, reportOn(MisbehavingServer.ServedConnection::reset));
  }

  @Test
  void close_without_an_answer_is_no_answer() throws Exception {
    assertOnly(Failure.EOF_BEFORE_RESPONSE, reportOn(connection -> {}));
  }

  @Test
  void half_an_answer_is_truncated() throws Exception {
    assertOnly(
        Failure.TRUNCATED,
        reportOn(connection -> connection.send(connection.rightAnswer().substring(0, 50))));
  }

  @Test
  void any_other_status_is_bad() throws Exception {
    assertOnly(
        Failure.BAD_STATUS,
        reportOn(connection -> connection.send("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")));
  }

  @Test
  void answer_to_somebody_else_is_wrong() throws Exception {
    assertOnly(
        Failure.WRONG_BODY,
        reportOn(connection -> connection.send(connection.rightAnswer().replace("tag=", "tag=7"))));
  }

  @Test
  void answer_that_comes_twice_is_wrong() throws Exception {
    CrowdReport report =
        reportOn(
            connection -> {
              connection.send(connection.rightAnswer() + connection.rightAnswer());
              connection.readHead();
            });
    assertOnly(Failure.WRONG_BODY, report);
  }

  @Test
  void nobody_there_is_refused() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    try (Crowd crowd = Crowd.against(at(port), 1, 100)) {
      CrowdReport report = crowd.report();
      while (report.isClean()) {
        TimeUnit.MILLISECONDS.sleep(20);
        report = crowd.report();
      }
      assertOnly(Failure.REFUSED, report);
    }
  }

  private static void assertOnly(Failure failure, CrowdReport report) {
    assertThat(report.failures()).as("%s", report.examples()).containsOnlyKeys(failure);
    assertThat(report.isClean()).isFalse();
  }

  private static CrowdReport reportOn(MisbehavingServer.Behaviour behaviour) throws Exception {
    return reportOn(behaviour, 5_000);
  }

  private static CrowdReport reportOn(MisbehavingServer.Behaviour behaviour, int readMillis)
      throws Exception {
    try (MisbehavingServer server = MisbehavingServer.answering(behaviour);
        Crowd crowd = Crowd.against(at(server.port()), 1, 50, readMillis)) {
      CrowdReport report = crowd.report();
      while (report.isClean() && report.announcedCloses() == 0) {
        TimeUnit.MILLISECONDS.sleep(20);
        report = crowd.report();
      }
      return report;
    }
  }

  private static InetSocketAddress at(int port) {
    return new InetSocketAddress("127.0.0.1", port);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }
}
