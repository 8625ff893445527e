package io.graceful.it.bench;

import io.graceful.it.app.App;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.load.CrowdReport;
import io.graceful.it.scale.CrowdedServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What the clients of a handover notice, by the number of their connections: beside the same crowd
 * at the same server while nothing is restarted.
 */
final class Handover {
  private static final int[] SIZES = {100, 1_000, 10_000};
  private static final double PER_SECOND = 2_000;
  private static final Duration REST = Duration.ofSeconds(15);

  private final App app;
  private final Jdk jdk;
  private final Path agent;
  private final Path directory;
  private final int restarts;

  Handover(App app, Jdk jdk, Path agent, Path directory, int restarts) {
    this.app = app;
    this.jdk = jdk;
    this.agent = agent;
    this.directory = directory.resolve("handover-" + jdk.feature());
    this.restarts = restarts;
  }

  /**
   * @return whether a request failed, or a connection was lost
   */
  boolean run() throws Exception {
    System.out.printf(
        Locale.ROOT,
        "%s, %.0f requests/s, %d restarts; without: %d s at rest%n%n",
        app,
        PER_SECOND,
        restarts,
        REST.toSeconds());
    System.out.printf(
        "%11s%8s%8s%18s%18s%22s%22s%16s%n",
        "connections",
        "failed",
        "lost",
        "all answered, ms",
        "drained, ms",
        "99%: with/without",
        "worst: with/without",
        "added, ms");
    boolean hurt = false;
    for (int connections : SIZES) {
      hurt |= measure(connections);
    }
    System.out.printf(
        "%nmedians in the middle, the worst of all on the right; delays of a second and more of this"
            + " machine are marked *%nverdict: %s%n",
        hurt ? "NOT clean" : "no request failed, no connection was lost");
    return hurt;
  }

  private boolean measure(int connections) throws Exception {
    Path logs = directory.resolve("connections-" + connections);
    try (CrowdedServer server =
        CrowdedServer.start(app, jdk, agent, logs, connections, PER_SECOND)) {
      CrowdReport without = server.rest(REST);
      Sample moving = new Sample();
      Sample drained = new Sample();
      Histogram with = new Histogram(without.latencies());
      long failed = without.failed();
      long lost = without.lost();
      long delays = without.delays();
      for (int restart = 0; restart < restarts; restart++) {
        CrowdedServer.Figures figures = server.restart();
        moving.add(figures.moving().toMillis());
        drained.add(figures.drainMillis());
        with.add(figures.clients().latencies());
        failed += figures.clients().failed();
        lost += figures.clients().lost();
        delays += figures.clients().delays();
      }
      row(connections, failed, lost, moving, drained, with, without, delays);
      return failed + lost > 0;
    }
  }

  private static void row(
      int connections,
      long failed,
      long lost,
      Sample moving,
      Sample drained,
      Histogram with,
      CrowdReport without,
      long delays) {
    double worst = with.getMaxValue() / 1000.0;
    System.out.printf(
        Locale.ROOT,
        "%11d%8d%8d%18.0f%18.0f%22s%22s%15.1f%s%n",
        connections,
        failed,
        lost,
        moving.median(),
        drained.median(),
        pair(with.getValueAtPercentile(99) / 1000.0, without.millis(99)),
        pair(worst, without.millis(100)),
        worst - without.millis(100),
        delays > 0 ? "*" : " ");
  }

  private static String pair(double with, double without) {
    return String.format(Locale.ROOT, "%.1f / %.1f", with, without);
  }
}
