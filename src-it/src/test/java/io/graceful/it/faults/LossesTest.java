package io.graceful.it.faults;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.FailedRequest;
import io.graceful.it.load.Failure;
import io.graceful.it.load.LoadReport;
import io.graceful.it.load.Traffic;
import io.graceful.it.load.TrafficReport;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LossesTest {

  private static final long DEAD = 7;
  private static final long OTHER = 8;
  private static final Death DEATH = new Death(new ProcessId(DEAD, 0), 1_000, 2_000);
  private static final long SERVED_AGAIN = 3_000;

  @Test
  void nothing_is_lost_where_nothing_is() {
    Losses.noneAtAll(kept(8, 0, 0, 0));
  }

  @Test
  void a_failed_request_is_a_loss() {
    falls(() -> Losses.none(failed(1_500, 1_600, Failure.RESET, DEAD)));
  }

  @Test
  void a_lost_connection_is_a_loss() {
    falls(() -> Losses.none(kept(9, 0, 0, 0)));
    falls(() -> Losses.none(kept(9, 1, 0, 0)));
  }

  @Test
  void an_announced_close_is_a_loss_only_where_nobody_leaves() {
    LoadReport closed = kept(9, 0, 1, 1);

    Losses.none(closed);
    falls(() -> Losses.noneAtAll(closed));
  }

  @Test
  void what_was_with_the_dead_is_lost() {
    Losses.onlyOf(failed(500, 1_500, Failure.RESET, OTHER), DEATH);
    Losses.onlyOf(failed(1_900, 2_500, Failure.TRUNCATED, 0), DEATH);
    Losses.onlyOf(failed(9_000, 9_100, Failure.EOF_BEFORE_RESPONSE, DEAD), DEATH);
  }

  @Test
  void what_failed_before_the_death_is_not_its_fault() {
    falls(() -> Losses.onlyOf(failed(500, 900, Failure.RESET, DEAD), DEATH));
  }

  @Test
  void what_began_after_the_death_is_not_its_fault() {
    falls(() -> Losses.onlyOf(failed(2_100, 2_200, Failure.RESET, OTHER), DEATH));
  }

  @Test
  void silence_and_wrong_answers_are_never_its_fault() {
    for (Failure failure : Failure.values()) {
      boolean cut =
          List.of(Failure.RESET, Failure.EOF_BEFORE_RESPONSE, Failure.TRUNCATED).contains(failure);
      if (!cut) {
        falls(() -> Losses.onlyOf(failed(1_500, 1_600, failure, DEAD), DEATH));
      }
    }
  }

  @Test
  void refusals_are_excused_only_until_somebody_serves_again() {
    refused(1_500, 1_600);
    refused(2_900, 3_100);
    falls(() -> refused(500, 900));
    falls(() -> refused(3_100, 3_200));
  }

  private static void refused(long begun, long ended) {
    Losses.onlyOfOrRefused(failed(begun, ended, Failure.REFUSED, 0), DEATH, SERVED_AGAIN);
  }

  @Test
  void a_stop_refuses_and_ends_idle_connections_and_cuts_nothing() {
    Losses.onlyRefused(failed(1_500, 1_600, Failure.REFUSED, 0), 1_000);
    Losses.onlyRefused(failed(1_500, 1_600, Failure.RESET, DEAD), 1_000);
    falls(() -> Losses.onlyRefused(failed(500, 900, Failure.REFUSED, 0), 1_000));
    falls(() -> Losses.onlyRefused(failed(500, 900, Failure.RESET, 0), 1_000));
    falls(() -> Losses.onlyRefused(failed(1_500, 1_600, Failure.TRUNCATED, 0), 1_000));
    falls(
        () ->
            Losses.onlyRefused(failed(Traffic.SLOW, 1_500, 1_600, Failure.RESET, DEAD, 1), 1_000));
  }

  @Test
  void a_stop_ends_each_connection_once() {
    falls(
        () ->
            Losses.onlyRefused(
                failed(Traffic.KEEP_ALIVE, 1_500, 1_600, Failure.RESET, DEAD, 9), 1_000));
  }

  private static void falls(org.assertj.core.api.ThrowableAssert.ThrowingCallable judgement) {
    assertThatThrownBy(judgement).isInstanceOf(AssertionError.class);
  }

  private static LoadReport failed(long begun, long ended, Failure failure, long lastAnsweredBy) {
    return failed(Traffic.KEEP_ALIVE, begun, ended, failure, lastAnsweredBy, 1);
  }

  private static LoadReport failed(
      Traffic kind, long begun, long ended, Failure failure, long lastAnsweredBy, int times) {
    FailedRequest request =
        new FailedRequest(LocalTime.now(), begun, ended, failure, "", lastAnsweredBy, "");
    return report(
        kind,
        new TrafficReport(
            100,
            100 - times,
            Map.of(failure, (long) times),
            java.util.Collections.nCopies(times, request),
            Map.of(),
            8,
            8,
            0,
            0,
            0,
            new Histogram(3)));
  }

  /** Of 8 clients. */
  private static LoadReport kept(
      long connections, long reconnects, long announcedCloses, long replacements) {
    return report(
        Traffic.BLIND_KEEP_ALIVE,
        new TrafficReport(
            100,
            100,
            Map.of(),
            List.of(),
            Map.of(),
            8,
            connections,
            reconnects,
            announcedCloses,
            replacements,
            new Histogram(3)));
  }

  private static LoadReport report(Traffic kind, TrafficReport traffic) {
    return new LoadReport("", Duration.ofSeconds(1), Map.of(kind, traffic));
  }
}
