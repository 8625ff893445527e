package io.graceful.it.bench;

import java.util.Locale;

/**
 * How two things compare, measured several times: the geometric mean, and the interval around it
 * that holds the true one with a probability of 95 %, after Student.
 */
final class Ratios {
  private static final double LOWEST = 0.99;
  private static final double HIGHEST = 1.01;

  private final Sample logarithms = new Sample();

  void add(double ratio) {
    logarithms.add(Math.log(ratio));
  }

  int size() {
    return logarithms.size();
  }

  double mean() {
    return Math.exp(logarithms.mean());
  }

  double low() {
    return mean() * Math.exp(-half());
  }

  double high() {
    return mean() * Math.exp(half());
  }

  private double half() {
    return StudentT.quantile975(size() - 1)
        * logarithms.standardDeviation()
        / Math.sqrt(logarithms.size());
  }

  /** Of at least two. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%.4f, 95 %% confidence %.4f to %.4f; budget %.2f to %.2f: %s",
        mean(),
        low(),
        high(),
        LOWEST,
        HIGHEST,
        verdict(low(), high()));
  }

  static String verdict(double low, double high) {
    if (low >= LOWEST && high <= HIGHEST) {
      return "within budget";
    }
    if (high < LOWEST || low > HIGHEST) {
      return "over budget";
    }
    return "not decided: the interval is wider than the budget, take more pairs or a quieter machine";
  }
}
