package io.graceful.it.bench;

import io.graceful.it.app.App;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Server;
import io.graceful.it.jvm.Jdk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Throughput of two servers, one with the agent and one without, started in turns, that take turns:
 * A B B A, a quarter of a second each. Two JVMs of the same kind differ by some percent for as long
 * as they live, by the luck of their compilers, so there are several pairs, and the interval comes
 * from how these differ.
 */
final class Steady {
  private static final double LOWEST = 0.99;
  private static final double HIGHEST = 1.01;
  private static final int CONNECTIONS = 16;
  private static final int ROUND_MILLIS = 250;
  private static final int WARM_UP_ROUNDS = 40;
  private static final int MEASURED_ROUNDS = 12; // of each server, in groups of A B B A

  private final App app;
  private final Jdk jdk;
  private final Path agent;
  private final Path directory;
  private final int pairs;
  private final Sample without = new Sample();
  private final Sample with = new Sample();
  private final Sample logRatios = new Sample();

  Steady(App app, Jdk jdk, Path agent, Path directory, int pairs) {
    this.app = app;
    this.jdk = jdk;
    this.agent = agent;
    this.directory = directory.resolve("steady-" + jdk.feature());
    this.pairs = pairs;
  }

  void run() throws IOException {
    System.out.printf("%s, %d keep-alive connections%n%n", app, CONNECTIONS);
    System.out.printf("%6s%14s%14s%10s%n", "pair", "no agent /s", "graceful /s", "ratio");
    for (int pair = 1; pair <= pairs; pair++) {
      pair(pair);
    }
    print();
  }

  private void pair(int number) throws IOException {
    Launch bare = Launch.of(app, jdk, directory.resolve("without-" + number));
    Launch agented = Launch.of(app, jdk, directory.resolve("with-" + number)).agent(agent);
    boolean bareFirst = number % 2 == 1;
    try (Server first = (bareFirst ? bare : agented).start();
        Server second = (bareFirst ? agented : bare).start();
        Saturation toFirst = new Saturation(first.port(), CONNECTIONS);
        Saturation toSecond = new Saturation(second.port(), CONNECTIONS)) {
      Saturation toBare = bareFirst ? toFirst : toSecond;
      Saturation toAgented = bareFirst ? toSecond : toFirst;
      for (int round = 0; round < WARM_UP_ROUNDS; round++) {
        (round % 2 == 0 ? toBare : toAgented).perSecond(ROUND_MILLIS);
      }
      Sample bareRates = new Sample();
      Sample agentedRates = new Sample();
      for (int round = 0; round < MEASURED_ROUNDS / 2; round++) {
        bareRates.add(toBare.perSecond(ROUND_MILLIS));
        agentedRates.add(toAgented.perSecond(ROUND_MILLIS));
        agentedRates.add(toAgented.perSecond(ROUND_MILLIS));
        bareRates.add(toBare.perSecond(ROUND_MILLIS));
      }
      double ratio = agentedRates.median() / bareRates.median();
      without.add(bareRates.median());
      with.add(agentedRates.median());
      logRatios.add(Math.log(ratio));
      System.out.printf(
          Locale.ROOT,
          "%6d%14.0f%14.0f%10.4f%n",
          number,
          bareRates.median(),
          agentedRates.median(),
          ratio);
    }
  }

  private void print() {
    double ratio = Math.exp(logRatios.mean());
    System.out.printf(
        Locale.ROOT, "%n%6s%14.0f%14.0f%10.4f", "all", without.median(), with.median(), ratio);
    if (pairs < 2) {
      System.out.printf("%n%nverdict: one pair says nothing about the next%n");
      return;
    }
    double half =
        StudentT.quantile975(logRatios.size() - 1)
            * logRatios.standardDeviation()
            / Math.sqrt(logRatios.size());
    double low = ratio * Math.exp(-half);
    double high = ratio * Math.exp(half);
    System.out.printf(
        Locale.ROOT,
        ", 95 %% confidence %.4f to %.4f; budget %.2f to %.2f%n%nverdict: %s%n",
        low,
        high,
        LOWEST,
        HIGHEST,
        verdict(low, high));
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
