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

  /** For the new process's compiler. */
  private static final Duration WARM_UP = Duration.ofSeconds(10);

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
        "%s, %.0f requests/s, %d restarts; without: %d s at rest before the first; warm: as long after"
            + " each, from its %dth second on%n%n",
        app,
        PER_SECOND,
        restarts,
        REST.toSeconds(),
        WARM_UP.toSeconds());
    System.out.printf(
        "%11s%8s%8s%18s%14s%10s%27s%22s%12s%n",
        "connections",
        "failed",
        "lost",
        "all answered, ms",
        "drained, ms",
        "away, ms",
        "99%: with/without/warm",
        "worst: with/without",
        "added, ms");
    boolean hurt = false;
    for (int connections : SIZES) {
      hurt |= measure(connections);
    }
    System.out.printf(
        "%nmedians in the middle, the worst of all on the right; away: at most, from a connection's last"
            + " byte in the old process to its accept in the new one; delays of a second and more of this"
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
      long away = -1;
      Histogram with = new Histogram(without.latencies());
      Histogram warm = new Histogram(without.latencies());
      long failed = without.failed();
      long lost = without.lost();
      long delays = without.delays();
      for (int restart = 0; restart < restarts; restart++) {
        CrowdedServer.Figures figures = server.restart();
        moving.add(figures.moving().toMillis());
        drained.add(figures.drainMillis());
        away = Math.max(away, figures.awayMillis());
        with.add(figures.clients().latencies());
        failed += figures.clients().failed();
        lost += figures.clients().lost();
        delays += figures.clients().delays();
        CrowdReport settling = server.rest(WARM_UP);
        CrowdReport after = server.rest(REST);
        warm.add(after.latencies());
        failed += settling.failed() + after.failed();
        lost += settling.lost() + after.lost();
      }
      row(connections, failed, lost, moving, drained, away, with, without, warm, delays);
      return failed + lost > 0;
    }
  }

  private static void row(
      int connections,
      long failed,
      long lost,
      Sample moving,
      Sample drained,
      long away,
      Histogram with,
      CrowdReport without,
      Histogram warm,
      long delays) {
    double worst = with.getMaxValue() / 1000.0;
    System.out.printf(
        Locale.ROOT,
        "%11d%8d%8d%18.0f%14.0f%10d%27s%22s%11.1f%s%n",
        connections,
        failed,
        lost,
        moving.median(),
        drained.median(),
        away,
        pair(with.getValueAtPercentile(99) / 1000.0, without.millis(99))
            + String.format(Locale.ROOT, " / %.1f", warm.getValueAtPercentile(99) / 1000.0),
        pair(worst, without.millis(100)),
        worst - without.millis(100),
        delays > 0 ? "*" : " ");
  }

  private static String pair(double with, double without) {
    return String.format(Locale.ROOT, "%.1f / %.1f", with, without);
  }
}
