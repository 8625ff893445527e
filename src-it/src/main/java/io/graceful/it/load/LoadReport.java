package io.graceful.it.load;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a load has seen so far.
 *
 * @param endpoint whom it talked to
 * @param duration since its start
 * @param traffic by kind, for the kinds that it was asked for
 */
public record LoadReport(String endpoint, Duration duration, Map<Traffic, TrafficReport> traffic) {
  public LoadReport {
    traffic = new EnumMap<>(traffic);
  }

  /**
   * @throws IllegalArgumentException if the load had no such traffic, so that nobody asserts about
   *     nothing
   */
  public TrafficReport of(Traffic kind) {
    if (!traffic.containsKey(kind)) {
      throw new IllegalArgumentException(
          "no " + kind + " traffic in this load, only " + traffic.keySet());
    }
    return traffic.get(kind);
  }

  public long succeeded() {
    return traffic.values().stream().mapToLong(TrafficReport::succeeded).sum();
  }

  public long failed() {
    return traffic.values().stream().mapToLong(TrafficReport::failed).sum();
  }

  /** Everyone who answered. */
  public Set<Long> pids() {
    Set<Long> pids = new TreeSet<>();
    traffic.values().forEach(report -> pids.addAll(report.pids().keySet()));
    return pids;
  }

  /** Several lines for a person to read. */
  public String summary() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s for %.1f s: %d ok, %d failed%n",
            endpoint,
            seconds(),
            succeeded(),
            failed()));
    traffic.forEach((kind, report) -> text.append(String.format("  %-22s %s%n", kind, report)));
    List<String> examples =
        traffic.values().stream().flatMap(report -> report.examples().stream()).toList();
    examples.forEach(example -> text.append("  ").append(example).append(System.lineSeparator()));
    return text.toString();
  }

  @Override
  public String toString() {
    return summary();
  }

  private double seconds() {
    return duration.toMillis() / 1000.0;
  }
}
