package io.graceful.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How keep-alive clients count what servers do to their connections. */
@Timeout(30)
class KeepAliveLoadTest {
  @Test
  void one_connection_serves_many_requests() throws Exception {
    TrafficReport report =
        run(
            connection -> {
              do {
                connection.send(connection.rightAnswer());
              } while (connection.readHead());
            },
            true);
    assertThat(report.failed()).as("%s", report.examples()).isZero();
    assertThat(report.succeeded()).isGreaterThanOrEqualTo(10);
    assertThat(report.connections()).isEqualTo(1);
    assertThat(report.reconnects()).isZero();
    assertThat(report.lostConnections()).isZero();
    assertThat(report.pids()).containsOnlyKeys(17L);
  }

  @Test
  void blind_client_loses_a_request_on_a_closed_connection() throws Exception {
    TrafficReport report = run(connection -> connection.send(connection.rightAnswer()), true);
    assertThat(report.failed(Failure.EOF_BEFORE_RESPONSE) + report.failed(Failure.RESET))
        .isPositive();
    assertThat(report.failures()).doesNotContainKeys(Failure.UNEXPECTED, Failure.TRUNCATED);
    assertThat(report.reconnects()).isZero();
    assertThat(report.lostConnections()).isPositive().isEqualTo(report.connections() - 1);
  }

  @Test
  void careful_client_finds_the_connection_closed_and_counts_a_reconnect() throws Exception {
    TrafficReport report = run(connection -> connection.send(connection.rightAnswer()), false);
    assertThat(report.failed()).as("%s", report.examples()).isZero();
    assertThat(report.reconnects()).isBetween(report.succeeded() - 1, report.succeeded());
    assertThat(report.connections()).isEqualTo(report.succeeded());
    assertThat(report.lostConnections()).isEqualTo(report.reconnects());
  }

  @Test
  void announced_close_is_no_failure_even_to_a_blind_client() throws Exception {
    TrafficReport report =
        run(
            connection ->
                connection.send(
                    connection.rightAnswer().replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")),
            true);
    assertThat(report.failed()).as("%s", report.examples()).isZero();
    assertThat(report.announcedCloses()).isEqualTo(report.succeeded());
    assertThat(report.reconnects()).isZero();
    assertThat(report.connections()).isGreaterThan(1);
    assertThat(report.lostConnections()).isZero();
  }

  @Test
  void answer_that_comes_twice_fails_the_next_request() throws Exception {
    assertWrong(connection -> connection.send(connection.rightAnswer() + connection.rightAnswer()));
  }

  @Test
  void answer_to_somebody_else_is_wrong() throws Exception {
    assertWrong(
        connection ->
            connection.send(
                connection
                    .rightAnswer()
                    .replace(
                        "peer=" + connection.peerPort(), "peer=" + (connection.peerPort() ^ 1))));
  }

  @Test
  void leftovers_of_another_response_fail_the_next_request() throws Exception {
    TrafficReport report =
        run(
            connection -> {
              connection.send(connection.rightAnswer() + "pid=18 generation=1\n");
              connection.readHead();
              connection.send(connection.rightAnswer());
            },
            false);
    assertThat(report.failed(Failure.BAD_STATUS)).isPositive();
  }

  private static void assertWrong(MisbehavingServer.Behaviour answer) throws Exception {
    TrafficReport report =
        run(
            connection -> {
              do {
                answer.serve(connection);
              } while (connection.readHead());
            },
            false);
    assertThat(report.failures()).containsOnlyKeys(Failure.WRONG_BODY);
    assertThat(report.examples()).anyMatch(example -> example.contains("no answer to peer="));
  }

  private static TrafficReport run(MisbehavingServer.Behaviour behaviour, boolean blind)
      throws Exception {
    try (MisbehavingServer server = MisbehavingServer.answering(behaviour)) {
      Traffic kind = blind ? Traffic.BLIND_KEEP_ALIVE : Traffic.KEEP_ALIVE;
      Load load = server.load().keepAlive(1, 20, blind).start();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (load.snapshot().of(kind).started() < 12 && System.nanoTime() < deadline) {
        Thread.sleep(5);
      }
      return load.stop().of(kind);
    }
  }
}
