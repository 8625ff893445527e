package io.graceful.it.faults;

import io.graceful.it.jvm.Check;
import io.graceful.it.load.FailedRequest;
import io.graceful.it.load.Failure;
import io.graceful.it.load.LoadReport;
import io.graceful.it.load.Traffic;
import io.graceful.it.load.TrafficReport;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** What clients may lose where a process dies, and nothing else. */
final class Losses {
  /** What the end of a process does to its connections; silence or wrong answers never. */
  private static final Set<Failure> CUT =
      EnumSet.of(Failure.RESET, Failure.EOF_BEFORE_RESPONSE, Failure.TRUNCATED);

  /** The same, where no answer had begun. */
  private static final Set<Failure> UNANSWERED =
      EnumSet.of(Failure.RESET, Failure.EOF_BEFORE_RESPONSE);

  private Losses() {}

  /** Not a request, and not a connection unless the server had said that it would close it. */
  static void none(LoadReport report) {
    Check.that(report.failed() == 0, "%d requests failed: %s", report.failed(), report);
    forKept(
        report,
        (kind, traffic) ->
            Check.that(
                traffic.lostConnections() <= 0 && traffic.reconnects() == 0,
                "connections lost: %s: %s",
                kind,
                traffic));
  }

  /** The same, and no connection was closed at all: the process that had them serves on. */
  static void noneAtAll(LoadReport report) {
    none(report);
    forKept(
        report,
        (kind, traffic) ->
            Check.that(
                traffic.announcedCloses() == 0, "connections closed: %s: %s", kind, traffic));
  }

  /** What was with the dead process, or was on its way when it died. */
  static void onlyOf(LoadReport report, Death death) {
    allAre(report, with(death), death);
  }

  /**
   * The same, or turned away, since for a moment nobody listened.
   *
   * @param servedAgain when somebody did again, by {@link System#nanoTime()}
   */
  static void onlyOfOrRefused(LoadReport report, Death death, long servedAgain) {
    Predicate<FailedRequest> refused =
        failed ->
            failed.failure() == Failure.REFUSED
                && failed.ended() - death.begun() >= 0
                && failed.begun() - servedAgain < 0;
    allAre(report, with(death).or(refused), death);
  }

  /**
   * Where the server has stopped on purpose: no answer was cut. What a kept connection shows when
   * it ends, a blind client is told by a reset, once.
   *
   * @param stopped when it was told to, by {@link System#nanoTime()}
   */
  static void onlyRefused(LoadReport report, long stopped) {
    report
        .traffic()
        .forEach(
            (kind, traffic) -> {
              long ended = 0;
              for (FailedRequest failed : traffic.failedRequests()) {
                boolean ends = kind.keepsConnections() && UNANSWERED.contains(failed.failure());
                ended += ends ? 1 : 0;
                Check.that(
                    (ends || failed.failure() == Failure.REFUSED) && failed.ended() - stopped >= 0,
                    "%s: %s",
                    kind,
                    failed);
              }
              Check.that(ended <= traffic.clients(), "%s: %d ends: %s", kind, ended, traffic);
            });
  }

  private static Predicate<FailedRequest> with(Death death) {
    return failed ->
        CUT.contains(failed.failure())
            && failed.ended() - death.begun() >= 0
            && (failed.lastAnsweredBy() == death.process().pid()
                || failed.begun() - death.over() < 0);
  }

  private static void allAre(LoadReport report, Predicate<FailedRequest> allowed, Death death) {
    report
        .traffic()
        .values()
        .forEach(
            traffic -> {
              for (FailedRequest failed : traffic.failedRequests()) {
                Check.that(
                    allowed.test(failed), "lost, and not with %s: %s", death.process(), failed);
              }
            });
  }

  private static void forKept(LoadReport report, BiConsumer<Traffic, TrafficReport> look) {
    report
        .traffic()
        .forEach(
            (kind, traffic) -> {
              if (kind.keepsConnections()) {
                look.accept(kind, traffic);
              }
            });
  }
}
