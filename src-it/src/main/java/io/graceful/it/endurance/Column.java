package io.graceful.it.endurance;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * One of the figures that are taken of each generation, and whether it grows.
 *
 * @param tolerance by which factor the last ones may be above the first ones: what only wavers
 */
record Column(String name, double tolerance, ToDoubleFunction<Facts> value) {
  /** Fewer generations don't show whether something grows. */
  static final int LEAST = 15;

  /** The same for what wavers with the machine, and with what the server has just done. */
  static final int LEAST_OF_WAVERING = 60;

  /** Of standard errors: more is no accident. */
  private static final int ERRORS = 3;

  /** A median's, against the mean's: the square root of pi / 2. */
  private static final double MEDIAN = 1.2533;

  /** What can be counted must not grow at all. */
  static final List<Column> ALL =
      List.of(
          new Column("restart ms", 1.25, Facts::restartMillis),
          new Column("RSS MB", 1.05, Facts::megabytes),
          new Column("descriptors", 1, facts -> facts.descriptors().size()),
          new Column("agent's threads", 1, Facts::agentThreads),
          new Column("threads", 1.05, Facts::threads),
          new Column("environment bytes", 1, Facts::environment),
          new Column("argument bytes", 1, Facts::arguments),
          new Column("zombies", 1, Facts::zombies),
          new Column("temporary files", 1, Facts::files));

  double of(Facts facts) {
    return value.applyAsDouble(facts);
  }

  double first(List<Facts> series) {
    return median(series.subList(0, third(series)));
  }

  double last(List<Facts> series) {
    return median(series.subList(series.size() - third(series), series.size()));
  }

  boolean canBeCompared(List<Facts> series) {
    return series.size() >= (tolerance > 1 ? LEAST_OF_WAVERING : LEAST);
  }

  /** Whether the median of the last third is above that of the first. */
  boolean grows(List<Facts> series) {
    return last(series) > first(series) * tolerance + (tolerance > 1 ? accident(series) : 0);
  }

  private double accident(List<Facts> series) {
    int third = third(series);
    double variances =
        variance(series.subList(0, third))
            + variance(series.subList(series.size() - third, series.size()));
    return ERRORS * MEDIAN * Math.sqrt(variances / third);
  }

  private double variance(List<Facts> facts) {
    double mean = facts.stream().mapToDouble(value).average().orElse(0);
    return facts.stream().mapToDouble(one -> Math.pow(of(one) - mean, 2)).average().orElse(0);
  }

  String text(Facts facts) {
    return String.format(Locale.ROOT, name.endsWith("MB") ? "%.1f" : "%.0f", of(facts));
  }

  private static int third(List<Facts> series) {
    return Math.max(1, series.size() / 3);
  }

  private double median(List<Facts> facts) {
    double[] sorted = facts.stream().mapToDouble(value).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
