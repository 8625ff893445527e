package io.graceful.it.faults;

import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.JdkHomes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Does all of them, one after the other, and judges each. */
public final class Faults {
  /** Characters; all of it is in the logs. */
  private static final int LONGEST_REASON = 300;

  private final Jdk jdk;
  private final Path agent;
  private final Path logs;
  private final Map<String, int[]> table = new LinkedHashMap<>();
  private final List<String> troubles = new ArrayList<>();
  private int number;
  private int skipped;

  private Faults(Jdk jdk, Path agent, Path logs) {
    this.jdk = jdk;
    this.agent = agent;
    this.logs = logs;
  }

  /**
   * @param args directory for logs, JDKs with commas, and a part of the faults' names, or nothing
   *     for all
   */
  public static void main(String[] args) throws IOException {
    String wanted = args.length > 2 ? args[2] : "";
    Path agent = Path.of(System.getProperty("graceful.agent.jar"));
    boolean passed = true;
    for (String feature : args[1].split(",")) {
      Jdk jdk = JdkHomes.ofThisMachine().require(Integer.parseInt(feature));
      System.out.printf("%nfaults on Java %s%n", jdk.version());
      Faults faults = new Faults(jdk, agent, Path.of(args[0]).resolve("jdk" + jdk.feature()));
      for (Fault fault : all(jdk)) {
        if (fault.toString().contains(wanted)) {
          faults.judge(fault);
        }
      }
      passed &= faults.verdict();
    }
    System.exit(passed ? 0 : 1);
  }

  static List<Fault> all(Jdk jdk) {
    List<Fault> all = new ArrayList<>(SuccessorFaults.all());
    all.addAll(ConfigurationFaults.all());
    all.addAll(PredecessorFaults.all());
    all.addAll(TriggerFaults.all());
    all.addAll(EnvironmentFaults.all());
    all.addAll(LimitFaults.all());
    all.addAll(VariableFaults.all());
    all.addAll(AgentJarFaults.all());
    all.addAll(ApplicationJarFaults.all());
    all.addAll(JvmFaults.all(jdk));
    all.removeIf(fault -> jdk.feature() < fault.oldestJdk());
    return all;
  }

  private void judge(Fault fault) throws IOException {
    Path directory = logs.resolve(String.format("%02d", ++number));
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("fault"), fault + "\n");
    int[] counts = table.computeIfAbsent(fault.group(), group -> new int[3]);
    if (!fault.missing().isEmpty()) {
      counts[2]++;
      skipped++;
      System.out.printf("skipped %-70s lacks %s%n", fault, fault.missing());
      return;
    }
    long begun = System.nanoTime();
    String failure = "";
    try (Scene scene = new Scene(jdk, agent, directory)) {
      scene.play(fault);
      counts[0]++;
    } catch (Throwable e) { // Whatever it is, the others are still to be tried.
      counts[1]++;
      failure = e.getMessage() == null ? e.toString() : e.getMessage();
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      Files.writeString(directory.resolve("failure"), trace.toString());
      troubles.add(fault + " (" + directory + "): " + failure);
    }
    System.out.printf(
        Locale.ROOT,
        "%-6s %-70s %5.1f s%n",
        failure.isEmpty() ? "ok" : "FAILED",
        fault,
        (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1));
    if (!failure.isEmpty()) {
      String line = failure.lines().findFirst().orElse("");
      System.out.println("       " + line.substring(0, Math.min(line.length(), LONGEST_REASON)));
    }
  }

  private boolean verdict() {
    System.out.printf("%n%-14s %6s %6s %7s%n", "", "ok", "failed", "skipped");
    table.forEach(
        (group, counts) ->
            System.out.printf("%-14s %6d %6d %7d%n", group, counts[0], counts[1], counts[2]));
    int failed = troubles.size();
    String notTried = skipped == 0 ? "" : ", and " + skipped + " were not tried";
    System.out.println(
        number == 0
            ? "\nverdict: FAILED: no fault has such a name"
            : failed + skipped == 0
                ? "\nverdict: passed: " + number + " faults, nobody noticed"
                : "\nverdict: FAILED: " + failed + " of " + number + " faults" + notTried);
    return failed + skipped == 0 && number > 0;
  }
}
