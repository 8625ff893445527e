package io.graceful.it.load;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What happened to a {@link Crowd} in a while.
 *
 * @param started requests begun
 * @param failures requests that failed, by kind
 * @param closedWhileResting connections that the server closed, unannounced, while no request was
 *     on them: the next one would have failed
 * @param connected connections opened
 * @param lost connections that ended without an announcement, by a failure or while resting
 * @param announcedCloses connections that the server ended properly
 * @param delays how often the requests were a second late, so that the timetable began anew
 * @param latencies of the successful requests, in microseconds, from the time when they were due
 * @param longestWaits of each connection that was answered, its longest wait for an answer, in
 *     microseconds, from the sending of the request
 * @param examples the first failures of each kind
 */
public record CrowdReport(
    long started,
    Map<Failure, Long> failures,
    long closedWhileResting,
    long connected,
    long lost,
    long announcedCloses,
    long delays,
    Histogram latencies,
    Histogram longestWaits,
    List<FailedRequest> examples) {

  public long failed() {
    return failures.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Whether no request failed, and no connection was taken away. */
  public boolean isClean() {
    return failed() == 0 && lost == 0;
  }

  /** Of the latencies. */
  public double millis(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1000.0;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d requests, %d failed %s; %d connections opened, %d lost, %d closed as announced; ms:"
            + " median %.1f, 99%% %.1f, max %.1f %s",
        started,
        failed(),
        failures,
        connected,
        lost,
        announcedCloses,
        millis(50),
        millis(99),
        millis(100),
        examples.stream().limit(3).toList());
  }
}
