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
import io.graceful.it.load.Traffic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Restarts one server again and again under load, and compares its generations from the third on:
 * the second one may still have learnt something.
 */
public final class Endurance {
  private static final int FIRST = 3;

  /** Clients of each kind that keep their connections from the first generation to the last. */
  private static final int KEEPERS = 10;

  private static final int PRINTED_EVERY = 10;

  /** In which a generation comes to rest: what comes and goes has gone. */
  private static final Duration SETTLED = Duration.ofSeconds(5);

  private static final Duration GLANCE = Duration.ofMillis(50);

  private final Jdk jdk;
  private final Path agent;
  private final Path logs;
  private final int restarts;
  private final App app;
  private final List<Facts> series = new ArrayList<>();
  private final Map<Traffic, long[]> totals = new EnumMap<>(Traffic.class);
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
    System.out.println(Facts.header().replace(',', '\t'));
    Path temporary = Files.createDirectories(logs.resolve("tmp"));
    Launch launch =
        Launch.of(app, jdk, logs.resolve("server"))
            .agent(agent)
            .jvm("-Djava.io.tmpdir=" + temporary)
            .option("soak", "300ms");
    try (Server server = launch.start()) {
      Load keepers =
          server.load().keepAlive(KEEPERS, 20, false).keepAlive(KEEPERS, 20, true).start();
      try {
        for (int restart = 1; restart <= restarts && troubles.isEmpty(); restart++) {
          restart(server, keepers, restart + 1, temporary);
        }
      } finally {
        judge(keepers.stop());
      }
    }
    print();
    Files.write(logs.resolve("series.csv"), lines());
    Plot.write(series, logs.resolve("series.svg"));
    return verdict();
  }

  /** Under load of both kinds, those that come and go and those that stay. */
  private void restart(Server server, Load keepers, int generation, Path temporary) {
    Load visitors = server.load().connectionPerRequest(100).slow(2, 300).start();
    Restart restart;
    try {
      awaitMore(visitors, keepers);
      restart = server.restart();
      awaitMore(visitors, keepers);
    } finally {
      judge(visitors.stop());
    }
    if (keepers.snapshot().failed() > 0) {
      troubles.add("requests failed in generation " + generation);
    }
    Facts facts = settled(generation, restart, temporary);
    series.add(facts);
    if (generation <= FIRST || generation % PRINTED_EVERY == 0) {
      System.out.println(facts.csv().replace(',', '\t'));
    }
  }

  private static void awaitMore(Load visitors, Load keepers) {
    long visits = visitors.snapshot().succeeded();
    long kept = keepers.snapshot().succeeded();
    Await.until(
        "more answers",
        Server.LIMIT,
        () ->
            visitors.snapshot().succeeded() > visits + 30
                && keepers.snapshot().succeeded() > kept + 200);
  }

  /** The same as the third one, or whatever it is when it has had its time. */
  private Facts settled(int generation, Restart restart, Path temporary) {
    long end = System.nanoTime() + SETTLED.toNanos();
    while (true) {
      Facts facts =
          Facts.of(generation, restart.answeredAfter().toMillis(), restart.successor(), temporary);
      boolean comparable = series.size() > FIRST - 2;
      if (facts.hasConnections(2 * KEEPERS)
              && (!comparable || facts.hasAsMuchAs(series.get(FIRST - 2)))
          || System.nanoTime() - end >= 0) {
        return facts;
      }
      Await.pause(GLANCE);
    }
  }

  private void judge(LoadReport report) {
    report
        .traffic()
        .forEach(
            (kind, traffic) ->
                totals.merge(
                    kind,
                    new long[] {traffic.succeeded(), traffic.failed(), traffic.connections()},
                    Endurance::sum));
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
  }

  private static long[] sum(long[] one, long[] other) {
    return new long[] {one[0] + other[0], one[1] + other[1], one[2] + other[2]};
  }

  private void print() {
    System.out.println();
    totals.forEach(
        (kind, total) ->
            System.out.printf(
                "%-24s %d ok, %d failed, %d connections%n", kind, total[0], total[1], total[2]));
    if (series.size() < restarts) {
      troubles.add("only " + series.size() + " restarts");
    }
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>(List.of(Facts.header()));
    series.forEach(facts -> lines.add(facts.csv()));
    return lines;
  }

  private boolean verdict() {
    boolean enough = series.size() > Column.LEAST;
    if (enough) {
      compare();
    }
    System.out.println(
        troubles.isEmpty()
            ? "verdict: passed: "
                + series.size()
                + " restarts, no request failed, "
                + growth(enough)
            : "verdict: FAILED: " + String.join("; ", troubles));
    System.out.println("series: " + logs.resolve("series.csv") + ", plot: series.svg beside it");
    return troubles.isEmpty();
  }

  private String growth(boolean enough) {
    return enough
        ? "nothing adds up"
            + (series.size() > Column.LEAST_OF_WAVERING ? "" : " that can be counted")
        : "and " + Column.LEAST + " or fewer don't show whether anything adds up";
  }

  private void compare() {
    Facts third = series.get(FIRST - 2);
    Facts last = series.get(series.size() - 1);
    if (!last.hasAsMuchAs(third)) {
      troubles.add("not the same: " + third + " and " + last);
    }
    List<Facts> compared = series.subList(FIRST - 2, series.size());
    for (Column column : Column.ALL) {
      System.out.printf(
          Locale.ROOT,
          "%-20s %.1f in the first third from generation %d on, %.1f in the last%n",
          column.name(),
          column.first(compared),
          FIRST,
          column.last(compared));
      if (!column.canBeCompared(compared)) {
        System.out.printf(
            "%-20s too few to compare: %d are needed%n", "", Column.LEAST_OF_WAVERING);
      } else if (column.grows(compared)) {
        troubles.add(column.name() + ": grows");
      }
    }
  }
}
