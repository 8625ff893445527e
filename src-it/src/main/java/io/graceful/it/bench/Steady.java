package io.graceful.it.bench;

import io.graceful.it.app.App;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Server;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.ProcessView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Throughput of two servers, one with an agent and one without, started in turns, that take turns:
 * A B B A, a quarter of a second each. Two JVMs of the same kind differ by some percent for as long
 * as they live, by the luck of their compilers, so there are several pairs, and the interval comes
 * from how these differ. The server's processor time per request is the surer figure of the two: it
 * does not depend on what else the machine does, the client that shares it above all.
 */
final class Steady {
  private static final int CONNECTIONS = 16;
  private static final int ROUND_MILLIS = 250;
  private static final int WARM_UP_ROUNDS = 40;
  private static final int MEASURED_ROUNDS = 16; // of each server, in groups of A B B A

  private final App app;
  private final Jdk jdk;
  private final Variant agent;
  private final Path agentJar;
  private final Path directory;
  private final int pairs;
  private final Sample bareRates = new Sample();
  private final Sample agentedRates = new Sample();
  private final Ratios throughput = new Ratios();
  private final Ratios processorTime = new Ratios();

  /**
   * @param agent ours, or the empty one: what the JVM takes for any that may change classes
   */
  Steady(App app, Jdk jdk, Variant agent, Path agentJar, Path directory, int pairs) {
    this.app = app;
    this.jdk = jdk;
    this.agent = agent;
    this.agentJar = agentJar;
    this.directory = directory.resolve("steady-" + jdk.feature());
    this.pairs = pairs;
  }

  void run() throws IOException {
    System.out.printf(
        "%s, %d keep-alive connections, %s%n%n",
        app, CONNECTIONS, agent == Variant.GRACEFUL ? "graceful" : "an agent that does nothing");
    System.out.printf(
        "%6s%14s%14s%10s%16s%16s%10s%n",
        "pair", "no agent /s", "agent /s", "ratio", "no agent us", "agent us", "ratio");
    for (int pair = 1; pair <= pairs; pair++) {
      pair(pair);
    }
    print();
  }

  private void pair(int number) throws IOException {
    Launch without = Launch.of(app, jdk, directory.resolve("without-" + number));
    Launch with = Launch.of(app, jdk, directory.resolve("with-" + number));
    if (agent == Variant.GRACEFUL) {
      with.agent(agentJar);
    } else {
      with.jvm("-javaagent:" + agentJar);
    }
    boolean bareFirst = number % 2 == 1;
    try (Server first = (bareFirst ? without : with).start();
        Server second = (bareFirst ? with : without).start();
        Saturation toFirst = new Saturation(first.port(), CONNECTIONS);
        Saturation toSecond = new Saturation(second.port(), CONNECTIONS)) {
      Saturation toBare = bareFirst ? toFirst : toSecond;
      Saturation toAgented = bareFirst ? toSecond : toFirst;
      for (int round = 0; round < WARM_UP_ROUNDS; round++) {
        (round % 2 == 0 ? toBare : toAgented).perSecond(ROUND_MILLIS);
      }
      Rates bare = new Rates(bareFirst ? first : second, toBare);
      Rates agented = new Rates(bareFirst ? second : first, toAgented);
      for (int round = 0; round < MEASURED_ROUNDS / 2; round++) {
        bare.measure();
        agented.measure();
        agented.measure();
        bare.measure();
      }
      note(number, bare, agented);
    }
  }

  private void note(int number, Rates bare, Rates agented) {
    double micros = bare.microsPerRequest();
    double agentedMicros = agented.microsPerRequest();
    bareRates.add(bare.perSecond.median());
    agentedRates.add(agented.perSecond.median());
    throughput.add(agented.perSecond.median() / bare.perSecond.median());
    processorTime.add(agentedMicros / micros);
    System.out.printf(
        Locale.ROOT,
        "%6d%14.0f%14.0f%10.4f%16.3f%16.3f%10.4f%n",
        number,
        bare.perSecond.median(),
        agented.perSecond.median(),
        agented.perSecond.median() / bare.perSecond.median(),
        micros,
        agentedMicros,
        agentedMicros / micros);
  }

  private void print() {
    System.out.printf(
        Locale.ROOT,
        "%nmedians of all: %.0f and %.0f requests/s%n",
        bareRates.median(),
        agentedRates.median());
    if (pairs < 2) {
      System.out.println("verdict: one pair says nothing about the next");
      return;
    }
    System.out.println("throughput: " + throughput);
    System.out.println("processor time per request: " + processorTime);
  }

  /** Of one server. */
  private static final class Rates {
    private final ProcessView process;
    private final Saturation load;
    private final long millisBefore;
    private final long answersBefore;
    private final Sample perSecond = new Sample();

    Rates(Server server, Saturation load) {
      this.process = server.view();
      this.load = load;
      this.millisBefore = process.processorMillis();
      this.answersBefore = load.answers();
    }

    void measure() throws IOException {
      perSecond.add(load.perSecond(ROUND_MILLIS));
    }

    /** The server is idle while the other's rounds are measured. */
    double microsPerRequest() {
      return 1000.0 * (process.processorMillis() - millisBefore) / (load.answers() - answersBefore);
    }
  }
}
