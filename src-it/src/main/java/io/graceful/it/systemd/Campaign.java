package io.graceful.it.systemd;

import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.JdkHomes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Tries all of them, one after the other, and judges each. */
public final class Campaign {
  /** Characters; all of it is in the logs. */
  private static final int LONGEST_REASON = 300;

  private final Jdk jdk;
  private final Path agent = Path.of(System.getProperty("graceful.agent.jar"));
  private final Path docs = Path.of(System.getProperty("graceful.docs"));
  private final Path home;
  private final List<String> table = new ArrayList<>();
  private int number;
  private int failed;
  private int untried;

  private Campaign(Jdk jdk, Path home) {
    this.jdk = jdk;
    this.home = home;
  }

  /**
   * @param args directory of our systemd, the JDK, and a part of the cases' names, or nothing for
   *     all
   */
  public static void main(String[] args) throws Exception {
    Jdk jdk = JdkHomes.ofThisMachine().require(Integer.parseInt(args[1]));
    Systemctl.awaitManager();
    int version = Systemctl.version();
    System.out.printf("%nsystemd %d, Java %s%n", version, jdk.version());
    Campaign campaign = new Campaign(jdk, Path.of(args[0]).toAbsolutePath());
    for (Case each : Cases.all()) {
      if (each.name().contains(args.length > 2 ? args[2] : "")) {
        campaign.judge(each, version);
      }
    }
    System.exit(campaign.verdict() ? 0 : 1);
  }

  private void judge(Case each, int version) throws IOException {
    number++;
    if (version < each.since()) {
      untried++;
      tell("-", each, "not tried: needs systemd " + each.since());
      return;
    }
    Path directory = Files.createDirectories(home.resolve(String.format("%02d", number)));
    Files.writeString(directory.resolve("case"), each + "\n");
    long begun = System.nanoTime();
    String failure = "";
    try (Scene scene = new Scene(jdk, agent, docs, home.resolve("units"), directory)) {
      each.script().run(scene);
    } catch (Exception | AssertionError e) {
      failed++;
      failure = e.getMessage() == null ? e.toString() : e.getMessage();
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      Files.writeString(directory.resolve("failure"), trace.toString());
    }
    double seconds = (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
    tell(failure.isEmpty() ? "ok" : "FAILED", each, String.format(Locale.ROOT, "%.1f s", seconds));
    if (!failure.isEmpty()) {
      String line = failure.lines().findFirst().orElse("");
      System.out.println("       " + line.substring(0, Math.min(line.length(), LONGEST_REASON)));
      System.out.println("       see " + directory);
    }
  }

  private void tell(String verdict, Case each, String more) {
    String line = String.format("%-6s %-84s %s", verdict, each, more);
    System.out.println(line);
    table.add(line);
  }

  private boolean verdict() {
    System.out.printf("%n%-6s %s%n", "", "case");
    table.forEach(System.out::println);
    int tried = number - untried;
    System.out.println(
        tried == 0
            ? "\nverdict: FAILED: no case of such a name could be tried"
            : failed > 0
                ? "\nverdict: FAILED: " + failed + " of " + tried + " cases"
                : "\nverdict: passed: "
                    + tried
                    + " cases"
                    + (untried == 0 ? "" : ", " + untried + " need a newer systemd"));
    return failed == 0 && tried > 0;
  }
}
