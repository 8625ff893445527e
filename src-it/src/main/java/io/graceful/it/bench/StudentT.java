package io.graceful.it.bench;

/** The 97.5 % quantile of Student's t distribution: any table of statistics has it. */
final class StudentT {
  private static final double[] TABLE = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042
  };

  private StudentT() {}

  /** Beyond the table its last value is taken, which is at most 4 % too large. */
  static double quantile975(int degreesOfFreedom) {
    return TABLE[Math.min(degreesOfFreedom, TABLE.length) - 1];
  }
}
