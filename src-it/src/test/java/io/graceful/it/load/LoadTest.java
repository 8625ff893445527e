package io.graceful.it.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The load against a server that does everything right. */
@Timeout(30)
class LoadTest {
  @Test
  void good_server_has_no_failures_in_any_traffic() throws Exception {
    try (WellBehavedServer server = new WellBehavedServer()) {
      Load load =
          Load.against("127.0.0.1", server.port())
              .connectionPerRequest(100)
              .keepAlive(2, 10, true)
              .keepAlive(2, 10, false)
              .slow(2, 100)
              .uploads(2, 50_000, 100)
              .downloads(2, 50_000, 0)
              .start();
      await(load, 300);
      LoadReport report = load.stop();

      assertThat(report.failed()).as("%s", report).isZero();
      for (Traffic kind : Traffic.values()) {
        assertThat(report.of(kind).succeeded()).as("%s", kind).isGreaterThanOrEqualTo(2);
        assertThat(report.of(kind).inFlight()).as("%s", kind).isZero();
      }
      assertThat(report.of(Traffic.BLIND_KEEP_ALIVE).connections()).isEqualTo(2);
      assertThat(report.pids()).containsExactly(17L);
      assertThat(report.summary()).contains("CONNECTION_PER_REQUEST", "0 failed", "median");
    }
  }

  @Test
  void pace_is_kept() throws Exception {
    try (WellBehavedServer server = new WellBehavedServer()) {
      long start = System.nanoTime();
      Load load = Load.against("127.0.0.1", server.port()).connectionPerRequest(100).start();
      await(load, 100);
      assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(950));
      load.stop();
    }
  }

  @Test
  void stop_lets_requests_in_flight_end() throws Exception {
    try (WellBehavedServer server = new WellBehavedServer()) {
      Load load = Load.against("127.0.0.1", server.port()).slow(3, 400).start();
      while (load.snapshot().of(Traffic.SLOW).inFlight() < 3) {
        Thread.sleep(1);
      }
      TrafficReport report = load.stop().of(Traffic.SLOW);
      assertThat(report.succeeded()).isEqualTo(3);
      assertThat(report.failed()).isZero();
    }
  }

  @Test
  void requests_that_cross_two_snapshots_are_counted_as_overlapping() throws Exception {
    try (WellBehavedServer server = new WellBehavedServer()) {
      Load load = Load.against("127.0.0.1", server.port()).slow(3, 400).start();
      while (load.snapshot().of(Traffic.SLOW).inFlight() < 3) {
        Thread.sleep(1);
      }
      TrafficReport first = load.snapshot().of(Traffic.SLOW);
      TrafficReport second = load.snapshot().of(Traffic.SLOW);
      assertThat(second.overlapping(first)).isEqualTo(3);
      TrafficReport last = load.stop().of(Traffic.SLOW);
      assertThat(load.snapshot().of(Traffic.SLOW).overlapping(last)).isZero();
    }
  }

  @Test
  void nobody_can_assert_about_traffic_that_was_not_there() throws Exception {
    try (WellBehavedServer server = new WellBehavedServer()) {
      LoadReport report = Load.against("127.0.0.1", server.port()).slow(1, 1).start().stop();
      assertThatThrownBy(() -> report.of(Traffic.UPLOAD)).hasMessageContaining("no UPLOAD traffic");
    }
  }

  private static void await(Load load, int requests) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (load.snapshot().succeeded() < requests && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
  }
}
