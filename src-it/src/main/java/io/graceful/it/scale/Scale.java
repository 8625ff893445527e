package io.graceful.it.scale;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.JdkHomes;
import io.graceful.it.load.CrowdReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Restarts servers with more and more connections, and judges whether any was lost. */
public final class Scale {

  /** A connection between the processes, at most. */
  private static final long LONGEST_AWAY_MILLIS = 250;

  private final Jdk jdk;
  private final Path agent;
  private final Path logs;
  private final int restarts;
  private final double perSecond;
  private final List<String> troubles = new ArrayList<>();

  private Scale(Jdk jdk, Path agent, Path logs, int restarts, double perSecond) {
    this.jdk = jdk;
    this.agent = agent;
    this.logs = logs;
    this.restarts = restarts;
    this.perSecond = perSecond;
  }

  /**
   * @param args logs' directory, JDK, restarts, requests per second, numbers of connections, apps;
   *     the last two as lists with commas
   */
  public static void main(String[] args) {
    Jdk jdk = JdkHomes.ofThisMachine().require(Integer.parseInt(args[1]));
    Path agent = Path.of(System.getProperty("graceful.agent.jar"));
    Scale scale =
        new Scale(
            jdk, agent, Path.of(args[0]), Integer.parseInt(args[2]), Double.parseDouble(args[3]));
    List<Integer> sizes = Stream.of(args[4].split(",")).map(Integer::valueOf).toList();
    List<App> apps = Stream.of(args[5].split(",")).map(Scale::app).toList();
    for (App app : apps) {
      System.out.printf(
          Locale.ROOT, "%n%s on Java %s, %.0f requests/s%n", app, jdk.version(), scale.perSecond);
      header();
      sizes.forEach(connections -> scale.measure(app, connections));
    }
    System.exit(scale.verdict());
  }

  private static App app(String name) {
    Optional<App> app =
        Apps.httpServers().stream().filter(one -> one.name().equals(name)).findFirst();
    if (app.isEmpty()) {
      System.err.println("scale: no app is named '" + name + "': see test-apps/README.md");
      System.exit(2);
    }
    return app.get();
  }

  private void measure(App app, int connections) {
    Path directory = logs.resolve(app.name() + "-" + connections);
    try (CrowdedServer server =
        CrowdedServer.start(app, jdk, agent, directory, connections, perSecond)) {
      for (int restart = 1; restart <= restarts; restart++) {
        CrowdedServer.Figures figures = server.restart();
        row(restart, figures);
        if (!figures.isClean()) {
          trouble(app, connections, restart, figures.clients().toString());
        }
        if (figures.awayMillis() > LONGEST_AWAY_MILLIS) {
          trouble(
              app,
              connections,
              restart,
              "a connection was on its way for " + figures.awayMillis() + " ms");
        }
      }
    } catch (Exception | AssertionError e) {
      trouble(app, connections, 0, e.toString());
    }
  }

  private void trouble(App app, int connections, int restart, String what) {
    String where = app + " with " + connections + " connections";
    troubles.add(where + (restart == 0 ? "" : ", restart " + restart) + ": " + what);
  }

  private static void header() {
    System.out.printf(
        "%11s %7s %8s %6s %6s | %12s %9s %7s %7s | %7s %7s %7s %6s | %7s %7s%n",
        "connections",
        "restart",
        "requests",
        "failed",
        "kept",
        "all answered",
        "drained",
        "away",
        "memory",
        "50%",
        "99%",
        "worst",
        "delays",
        "waited",
        "longest");
  }

  private static void row(int restart, CrowdedServer.Figures figures) {
    CrowdReport clients = figures.clients();
    System.out.printf(
        Locale.ROOT,
        "%11d %7d %8d %6d %6d | %9d ms %6d ms %4d ms %4d MB | %7.1f %7.1f %7.1f %6d | %7.1f %7.1f%n",
        figures.connections(),
        restart,
        clients.started(),
        clients.failed(),
        figures.kept(),
        figures.moving().toMillis(),
        figures.drainMillis(),
        figures.awayMillis(),
        figures.growth(),
        clients.millis(50),
        clients.millis(99),
        clients.millis(100),
        clients.delays(),
        clients.longestWaits().getValueAtPercentile(50) / 1000.0,
        clients.longestWaits().getMaxValue() / 1000.0);
  }

  private int verdict() {
    System.out.println(
        """

        all answered: from the handover to the new process's first answer on the last connection
        drained: from the handover to the last connection, as the old process says; -1 if it doesn't
        away: the longest time from a connection's last byte in the old process to its accept in the new one
        memory: by how much the old process grew meanwhile, its garbage included
        50%, 99%, worst: latencies in ms, from the time when the request was due
        delays: how often this machine was a second behind the timetable, and began it anew
        waited: half of the connections never waited longer for an answer, in ms; longest: none did\
        """);
    if (troubles.isEmpty()) {
      System.out.println(
          "\nverdict: passed: no request failed, no connection was lost, or on its way for too long");
      return 0;
    }
    System.out.println("\nverdict: FAILED; the servers' logs are in " + logs);
    troubles.forEach(trouble -> System.out.println("  " + trouble));
    return 1;
  }
}
