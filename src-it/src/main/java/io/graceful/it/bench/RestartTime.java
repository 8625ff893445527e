package io.graceful.it.bench;

import io.graceful.it.app.App;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.jvm.Jdk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * From the signal to the successor's first answer, beside the app's own start without the agent:
 * exec to first answer. Both are seen by the same client, which asks every 10 ms, as long as nobody
 * answers: the old process is not asked while the new one starts, since that would take the
 * processors from it that a cold start has for itself. What is restarted has been up for some
 * seconds, as servers are.
 */
final class RestartTime {
  private static final double BUDGET_FACTOR = 1.1;
  private static final double BUDGET_MILLIS = 100;

  private static final long UP_MILLIS = 5000;

  private final App app;
  private final Jdk jdk;
  private final Path agent;
  private final Path directory;
  private final int runs;
  private final Sample cold = new Sample();
  private final Sample coldWithAgent = new Sample();
  private final Sample restarted = new Sample();

  RestartTime(App app, Jdk jdk, Path agent, Path directory, int runs) {
    this.app = app;
    this.jdk = jdk;
    this.agent = agent;
    this.directory = directory.resolve("restart-" + jdk.feature());
    this.runs = runs;
  }

  void run() throws IOException, InterruptedException {
    coldStart("first", false); // fills the page cache
    for (int run = 0; run < runs; run++) {
      cold.add(coldStart("cold-" + run, false));
      coldWithAgent.add(coldStart("with-agent-" + run, true));
      restarted.add(restart("restart-" + run));
    }
    print();
  }

  private double coldStart(String name, boolean withAgent) throws IOException {
    Launch launch = Launch.of(app, jdk, directory.resolve(name));
    long start = System.nanoTime();
    try (Server server = (withAgent ? launch.agent(agent).notAwaitingAgent() : launch).start()) {
      return (System.nanoTime() - start) / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }
  }

  private double restart(String name) throws IOException, InterruptedException {
    Launch launch = Launch.of(app, jdk, directory.resolve(name)).agent(agent);
    try (Server server = launch.start()) {
      Thread.sleep(UP_MILLIS);
      Restart restart = server.beginRestart();
      restart.awaitHandover(); // First, as it costs the least to wait for.
      restart.awaitSuccessor();
      restart.awaitAnswer();
      return restart.answeredAfter().toNanos() / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }
  }

  private void print() {
    double budget = BUDGET_FACTOR * cold.median() + BUDGET_MILLIS;
    System.out.printf(
        Locale.ROOT,
        "%s, medians of %d runs (in brackets: the middle half of them)%n%n",
        app,
        runs);
    row("cold start, no agent", cold);
    row("cold start, with the agent", coldWithAgent);
    row("restart: signal to first answer", restarted);
    System.out.printf(
        Locale.ROOT,
        "%-34s%8.0f ms%n%nverdict: restart %s budget%n",
        "budget: 1.1 x cold start + 100 ms",
        budget,
        restarted.median() <= budget ? "within" : "over");
  }

  private static void row(String what, Sample sample) {
    System.out.printf(
        Locale.ROOT,
        "%-34s%8.0f ms (%.0f..%.0f)%n",
        what,
        sample.median(),
        sample.quantile(0.25),
        sample.quantile(0.75));
  }
}
