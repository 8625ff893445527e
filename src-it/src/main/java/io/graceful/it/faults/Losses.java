package io.graceful.it.faults;

import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.FailedRequest;
import io.graceful.it.load.Failure;
import io.graceful.it.load.LoadReport;
import java.util.function.Predicate;

/** What may be lost where a process dies, and nothing else. */
final class Losses {
  private static final Predicate<FailedRequest> REFUSED =
      failed -> failed.failure() == Failure.REFUSED;

  private Losses() {}

  /**
   * What was with the dead process, or was on its way when it died.
   *
   * @param died when, by {@link System#nanoTime()}
   */
  static void onlyOf(LoadReport report, ProcessId dead, long died) {
    allAre(report, with(dead, died), "lost, and not with " + dead);
  }

  /** The same, or turned away, since for a moment nobody listened. */
  static void onlyOfOrRefused(LoadReport report, ProcessId dead, long died) {
    allAre(report, with(dead, died).or(REFUSED), "lost, and not with " + dead);
  }

  /**
   * Where the server has stopped on purpose: no answer was cut. What a kept connection shows when
   * it ends, a blind client is told by a reset.
   */
  static void onlyRefused(LoadReport report) {
    report
        .traffic()
        .forEach(
            (kind, traffic) -> {
              for (FailedRequest failed : traffic.failedRequests()) {
                Check.that(kind.keepsConnections() || REFUSED.test(failed), "%s: %s", kind, failed);
              }
            });
  }

  private static Predicate<FailedRequest> with(ProcessId dead, long died) {
    return failed -> failed.lastAnsweredBy() == dead.pid() || failed.begun() - died < 0;
  }

  private static void allAre(LoadReport report, Predicate<FailedRequest> allowed, String what) {
    report
        .traffic()
        .values()
        .forEach(
            traffic -> {
              for (FailedRequest failed : traffic.failedRequests()) {
                Check.that(allowed.test(failed), "%s: %s", what, failed);
              }
            });
  }
}
