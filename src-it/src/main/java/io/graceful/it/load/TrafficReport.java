package io.graceful.it.load;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What happened to the requests of one kind of traffic.
 *
 * @param started requests begun, each of which succeeded, failed or is in flight
 * @param succeeded requests answered in full and correctly
 * @param failures how many failed, by kind; no entry for a kind that didn't happen
 * @param failedRequests the first of each kind, up to a thousand, in the order in which they failed
 * @param pids who answered how often, as far as the answers tell
 * @param clients who made the requests
 * @param connections connections opened
 * @param reconnects keep-alive connections that the server had closed unannounced, found before
 *     anything was sent on them
 * @param announcedCloses responses by which the server ended a keep-alive connection properly
 * @param replacements connections opened in the place of one that was ended like that
 * @param latencies of the successful requests, in microseconds
 */
public record TrafficReport(
    long started,
    long succeeded,
    Map<Failure, Long> failures,
    List<FailedRequest> failedRequests,
    Map<Long, Long> pids,
    int clients,
    long connections,
    long reconnects,
    long announcedCloses,
    long replacements,
    Histogram latencies) {
  private static final int EXAMPLES = 5;

  /** A few failures of each kind. */
  public List<String> examples() {
    Map<Failure, Integer> shown = new EnumMap<>(Failure.class);
    return failedRequests.stream()
        .filter(failed -> shown.merge(failed.failure(), 1, Integer::sum) <= EXAMPLES)
        .map(FailedRequest::toString)
        .toList();
  }

  public long failed() {
    return failures.values().stream().mapToLong(Long::longValue).sum();
  }

  public long failed(Failure failure) {
    return failures.getOrDefault(failure, 0L);
  }

  public long inFlight() {
    return started - succeeded - failed();
  }

  /**
   * Connections that keep-alive clients had to open although the server had not announced that it
   * would close the one before: by a failure, or found closed. Negative while clients have not
   * connected yet.
   */
  public long lostConnections() {
    return connections - clients - replacements;
  }

  /** How many requests were in flight at some moment between an earlier snapshot and this one. */
  public long overlapping(TrafficReport earlier) {
    return started - (earlier.started - earlier.inFlight());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%7d ok, %d failed", succeeded, failed()));
    if (!failures.isEmpty()) {
      text.append(" ").append(failures);
    }
    if (inFlight() > 0) {
      text.append(", ").append(inFlight()).append(" in flight");
    }
    text.append(
        String.format(
            Locale.ROOT,
            "; ms: median %.1f, 99%% %.1f, max %.1f",
            millis(50),
            millis(99),
            millis(100)));
    text.append("; ").append(connections).append(" connections");
    if (reconnects + announcedCloses > 0) {
      text.append(", ")
          .append(reconnects)
          .append(" reconnects, ")
          .append(announcedCloses)
          .append(" announced closes");
    }
    if (!pids.isEmpty()) {
      text.append("; answered by ").append(pids);
    }
    return text.toString();
  }

  private double millis(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1000.0;
  }
}
