package io.graceful.it.endurance;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.JdkHomes;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Restarts one server again and again under load, and compares its last generations with its third:
 * the second one may still have learnt something.
 */
public final class Endurance {
  /** Generations at either end whose medians are compared. */
  private static final int WINDOW = 10;

  private static final int FIRST = 3;

  /** Times of the first ones; restarts and RSS waver. */
  private static final double NOISE = 1.25;

  private static final int PRINTED_EVERY = 10;

  /** After that a generation has loaded all that it ever will; those that are compared have it. */
  private static final Duration SETTLED = Duration.ofSeconds(5);

  private final Jdk jdk;
  private final Path agent;
  private final Path logs;
  private final int restarts;
  private final App app;
  private final List<Facts> series = new ArrayList<>();
  private final List<String> troubles = new ArrayList<>();

  private Endurance(Jdk jdk, Path agent, Path logs, int restarts, App app) {
    this.jdk = jdk;
    this.agent = agent;
    this.logs = logs;
    this.restarts = restarts;
    this.app = app;
  }

  /**
   * @param args directory for logs, JDKs with commas, number of restarts, app
   */
  public static void main(String[] args) throws IOException {
    boolean passed = true;
    App app =
        Apps.httpServers().stream()
            .filter(one -> one.name().equals(args[3]))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no app is named " + args[3]));
    for (String feature : args[1].split(",")) {
      Jdk jdk = JdkHomes.ofThisMachine().require(Integer.parseInt(feature));
      Path logs = Path.of(args[0]).resolve("jdk" + jdk.feature());
      Path agent = Path.of(System.getProperty("graceful.agent.jar"));
      passed &= new Endurance(jdk, agent, logs, Integer.parseInt(args[2]), app).run();
    }
    System.exit(passed ? 0 : 1);
  }

  private boolean run() throws IOException {
    System.out.printf("%n%s on Java %s, %d restarts%n%n", app, jdk.version(), restarts);
    System.out.println(Facts.HEADER.replace(',', '\t'));
    Path temporary = Files.createDirectories(logs.resolve("tmp"));
    Launch launch =
        Launch.of(app, jdk, logs.resolve("server"))
            .agent(agent)
            .jvm("-Djava.io.tmpdir=" + temporary)
            .option("soak", "300ms");
    try (Server server = launch.start()) {
      Load load =
          server
              .load()
              .connectionPerRequest(100)
              .slow(2, 300)
              .keepAlive(10, 20, false)
              .keepAlive(10, 20, true)
              .start();
      try {
        for (int restart = 1; restart <= restarts && load.snapshot().failed() == 0; restart++) {
          restart(server, load, restart + 1, temporary);
        }
      } finally {
        judge(load.stop());
      }
    }
    Files.write(logs.resolve("series.csv"), lines());
    return verdict();
  }

  private void restart(Server server, Load load, int generation, Path temporary)
      throws IOException {
    Restart restart = server.restart();
    long before = load.snapshot().succeeded();
    Await.until("200 more answers", Server.LIMIT, () -> load.snapshot().succeeded() > before + 200);
    Facts facts =
        Facts.of(generation, restart.answeredAfter().toMillis(), restart.successor(), temporary);
    series.add(facts);
    if (generation <= FIRST || generation % PRINTED_EVERY == 0) {
      System.out.println(facts.csv().replace(',', '\t'));
    }
  }

  private void judge(LoadReport report) {
    System.out.println();
    report
        .traffic()
        .forEach(
            (kind, traffic) ->
                System.out.printf(
                    "%-24s %d ok, %d failed, %d connections%n",
                    kind, traffic.succeeded(), traffic.failed(), traffic.connections()));
    if (report.failed() > 0) {
      troubles.add(report.failed() + " requests failed");
      System.out.print(report);
    }
    report
        .traffic()
        .forEach(
            (kind, traffic) -> {
              if (kind.keepsConnections() && traffic.lostConnections() > 0) {
                troubles.add(traffic.lostConnections() + " connections lost: " + kind);
              }
            });
    if (series.size() < restarts) {
      troubles.add("only " + series.size() + " restarts");
    }
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>(List.of(Facts.HEADER));
    series.forEach(facts -> lines.add(facts.csv()));
    return lines;
  }

  private boolean verdict() {
    if (series.size() > FIRST + WINDOW) {
      Facts third = series.get(FIRST - 2);
      Facts last = series.get(series.size() - 1);
      if (!last.hasAsMuchAs(third)) {
        troubles.add("not the same: " + third + " and " + last);
      }
      grows("time of a restart, ms", facts -> facts.restartMillis());
      grows("RSS, MB", Facts::megabytes);
    }
    System.out.println(
        troubles.isEmpty()
            ? "verdict: passed: " + series.size() + " restarts, no request failed, nothing adds up"
            : "verdict: FAILED: " + String.join("; ", troubles));
    System.out.println("series: " + logs.resolve("series.csv"));
    return troubles.isEmpty();
  }

  private void grows(String what, ToDoubleFunction<Facts> value) {
    double first = median(series.subList(FIRST - 2, FIRST - 2 + WINDOW), value);
    double last = median(series.subList(series.size() - WINDOW, series.size()), value);
    System.out.printf(
        Locale.ROOT,
        "%s: %.1f in the first %d generations from %d on, %.1f in the last%n",
        what,
        first,
        WINDOW,
        FIRST,
        last);
    if (last > first * NOISE) {
      troubles.add(what + " grows");
    }
  }

  private static double median(List<Facts> facts, ToDoubleFunction<Facts> value) {
    double[] sorted = facts.stream().mapToDouble(value).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
