package io.graceful.it.demo;

import io.graceful.it.load.Failure;
import io.graceful.it.load.LoadReport;
import io.graceful.it.load.Traffic;
import io.graceful.it.load.TrafficReport;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What came out. */
final class Verdict {
  private final LoadReport report;
  private final IdleClients idle;
  private final int restarts;
  private final Style style;

  Verdict(LoadReport report, IdleClients idle, int restarts, Style style) {
    this.report = report;
    this.idle = idle;
    this.restarts = restarts;
    this.style = style;
  }

  boolean isGood() {
    return failed() == 0 && restarts == Plan.RESTARTS;
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add("  requests                  answered   failed   median ms   99 % ms   max ms");
    report.traffic().forEach((kind, traffic) -> lines.add(row(kind, traffic)));
    lines.add(
        String.format(
            Locale.ROOT,
            "  %-24s %9d %8d",
            "keep-alive, then idle",
            idle.answered(),
            idle.failed()));
    lines.add("");
    lines.add("  Failures: " + failures());
    lines.add(
        "  Keep-alive connections reopened: "
            + idle.reopened()
            + ". The others have moved from process to");
    lines.add("  process, and their clients have noticed nothing.");
    lines.add("");
    String sum =
        String.format(
            Locale.ROOT,
            "%s requests, %d failed. %d restarts, %d processes, one port.",
            Lines.number(report.succeeded() + idle.answered() + failed()),
            failed(),
            restarts,
            report.pids().size());
    lines.add("  " + (isGood() ? style.bold(sum) : style.alarm(sum)));
    lines.add("");
    return lines;
  }

  private long failed() {
    return report.failed() + idle.failed();
  }

  private String row(Traffic kind, TrafficReport traffic) {
    return String.format(
        Locale.ROOT,
        "  %-24s %9s %8d %11.1f %9.1f %8.1f",
        Plan.name(kind),
        Lines.number(traffic.succeeded()),
        traffic.failed(),
        millis(traffic, 50),
        millis(traffic, 99),
        millis(traffic, 100));
  }

  private String failures() {
    Map<Failure, Long> failures = new EnumMap<>(Failure.class);
    report
        .traffic()
        .values()
        .forEach(
            traffic -> traffic.failures().forEach((kind, n) -> failures.merge(kind, n, Long::sum)));
    if (idle.failed() > 0) {
      return idle.failed() + " on keep-alive connections, " + failures;
    }
    return failures.isEmpty()
        ? "none refused, reset, cut, timed out, or answered wrongly."
        : failures.entrySet().stream()
            .map(failure -> failure.getValue() + " x " + Plan.name(failure.getKey()))
            .collect(Collectors.joining(", "));
  }

  private static double millis(TrafficReport traffic, double percentile) {
    return traffic.latencies().getValueAtPercentile(percentile) / 1000.0;
  }
}
