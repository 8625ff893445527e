package io.graceful.it.bench;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Server;
import io.graceful.it.jvm.AgentJar;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.ProcessView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What an agent adds to a JVM that says hello and ends, to one that sleeps, and to a server: the
 * last one is where the hooks are written, since only a program with sockets needs them.
 */
final class Startup {
  private static final double BUDGET_MILLIS_17 = 60;
  private static final double BUDGET_MILLIS_25 = 90;
  private static final double BUDGET_MEGABYTES = 12;

  /** The agent is done with its start only when a server has been up for 10 s. */
  private static final int SETTLED_MILLIS = 12_000;

  private final Jdk jdk;
  private final Path directory;
  private final int runs;
  private final Map<Variant, Path> agents = new EnumMap<>(Variant.class);
  private final Map<Variant, Sample> hello = samples();
  private final Map<Variant, Sample> processorTime = samples();
  private final Map<Variant, Sample> memory = samples();
  private final Map<Variant, Sample> firstAnswer = samples();
  private final Map<Variant, Sample> serverMemory = samples();
  private final Set<String> warnings = new LinkedHashSet<>();
  private int launches;

  Startup(Jdk jdk, Path agent, Path directory, int runs) throws IOException {
    this.jdk = jdk;
    this.directory = directory.resolve("startup-" + jdk.feature());
    this.runs = runs;
    Files.createDirectories(this.directory);
    agents.put(
        Variant.EMPTY_AGENT,
        AgentJar.write(EmptyAgent.class, this.directory.resolve("empty-agent.jar")));
    agents.put(Variant.GRACEFUL, agent);
  }

  /**
   * @return whether the JVM warned of something
   */
  boolean run() throws IOException, InterruptedException {
    for (Variant variant : Variant.values()) {
      hello(variant); // fills the page cache
    }
    for (int run = 0; run < runs; run++) {
      for (Variant variant : Variant.values()) {
        double before = processorMillisOfChildren();
        hello.get(variant).add(hello(variant));
        processorTime.get(variant).add(processorMillisOfChildren() - before);
      }
      for (Variant variant : Variant.values()) {
        firstAnswer(variant);
      }
      memory();
    }
    print();
    return !warnings.isEmpty();
  }

  private double hello(Variant variant) throws IOException, InterruptedException {
    Path output = directory.resolve("hello.log");
    ProcessBuilder builder = new ProcessBuilder(command(variant, Apps.HELLO));
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")
        .forEach(builder.environment()::remove);
    long start = System.nanoTime();
    Process process = builder.start();
    int status = process.waitFor();
    double millis = millisSince(start);
    if (status != 0) {
      throw new IOException(variant.label + ": hello ended with " + status);
    }
    Files.readAllLines(output).stream()
        .filter(line -> !line.equalsIgnoreCase("hello"))
        .forEach(line -> warnings.add(variant.label + ": " + line));
    return millis;
  }

  private void firstAnswer(Variant variant) throws IOException {
    long start = System.nanoTime();
    try (Server server = launch(variant, Apps.HTTPSERVER).start()) {
      firstAnswer.get(variant).add(millisSince(start));
      noteWarnings(variant, server);
    }
  }

  /** All at once: memory doesn't mind, and it is quicker. */
  private void memory() throws IOException, InterruptedException {
    Map<Variant, Server> sleepers = new EnumMap<>(Variant.class);
    Map<Variant, Server> servers = new EnumMap<>(Variant.class);
    try {
      for (Variant variant : Variant.values()) {
        sleepers.put(variant, launch(variant, Apps.NONE).start());
        servers.put(variant, launch(variant, Apps.HTTPSERVER).start());
      }
      TimeUnit.MILLISECONDS.sleep(SETTLED_MILLIS);
      sleepers.forEach((variant, server) -> memory.get(variant).add(megabytes(variant, server)));
      servers.forEach(
          (variant, server) -> serverMemory.get(variant).add(megabytes(variant, server)));
    } finally {
      sleepers.values().forEach(Server::close);
      servers.values().forEach(Server::close);
    }
  }

  private void noteWarnings(Variant variant, Server server) {
    server.stderr().forEach(line -> warnings.add(variant.label + ": " + line));
    server.stdout().forEach(line -> warnings.add(variant.label + ": " + line));
  }

  private Launch launch(Variant variant, App app) {
    Launch launch = Launch.of(app, jdk, directory.resolve("run-" + launches++));
    return agents.containsKey(variant)
        ? launch.agent(agents.get(variant)).notAwaitingAgent()
        : launch.withoutAgent();
  }

  private List<String> command(Variant variant, App app) {
    List<String> command = new ArrayList<>(List.of(jdk.java().toString(), "-Xmx192m"));
    if (agents.containsKey(variant)) {
      command.add("-javaagent:" + agents.get(variant));
    }
    command.addAll(List.of("-jar", app.jar().toString()));
    command.addAll(app.arguments());
    return command;
  }

  private void print() {
    double budget = jdk.feature() <= 17 ? BUDGET_MILLIS_17 : BUDGET_MILLIS_25;
    System.out.printf(
        Locale.ROOT,
        "medians of %d runs (in brackets: the middle half of them)%n%n"
            + "%-26s%20s%20s%20s%8s%8s  %s%n",
        runs,
        "",
        "no agent",
        "empty agent",
        "graceful",
        "added",
        "budget",
        "(over the empty agent)");
    boolean inTime = row("hello world, ms", hello, budget);
    row("its processor time, ms", processorTime, Double.NaN);
    boolean small = row("RSS of a sleeper, MB", memory, BUDGET_MEGABYTES);
    row("server's first answer, ms", firstAnswer, Double.NaN);
    row("RSS of that server, MB", serverMemory, Double.NaN);
    System.out.println();
    warnings.forEach(warning -> System.out.println("warning: " + warning));
    System.out.println(
        "verdict: "
            + (warnings.isEmpty() ? "" : "FAILED, the JVM warns; ")
            + "time "
            + (inTime ? "within" : "over")
            + " budget, memory "
            + (small ? "within" : "over")
            + " budget");
  }

  private static boolean row(String what, Map<Variant, Sample> samples, double budget) {
    double added = samples.get(Variant.GRACEFUL).median() - samples.get(Variant.NO_AGENT).median();
    System.out.printf(
        Locale.ROOT,
        "%-26s%20s%20s%20s%+8.1f%8s  (%+.1f)%n",
        what,
        cell(samples.get(Variant.NO_AGENT)),
        cell(samples.get(Variant.EMPTY_AGENT)),
        cell(samples.get(Variant.GRACEFUL)),
        added,
        Double.isNaN(budget) ? "" : String.format(Locale.ROOT, "+%.0f", budget),
        samples.get(Variant.GRACEFUL).median() - samples.get(Variant.EMPTY_AGENT).median());
    return Double.isNaN(budget) || added <= budget;
  }

  private static String cell(Sample sample) {
    return String.format(
        Locale.ROOT,
        "%.1f (%.0f..%.0f)",
        sample.median(),
        sample.quantile(0.25),
        sample.quantile(0.75));
  }

  private double megabytes(Variant variant, Server server) {
    noteWarnings(variant, server);
    String kilobytes = ProcessView.of(server.serving().pid()).status("VmRSS").split(" ")[0];
    return Double.parseDouble(kilobytes) / 1024;
  }

  /** Of children that have ended: fields 16 and 17 of /proc/self/stat, in ticks of 10 ms. */
  private static double processorMillisOfChildren() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return 10.0 * (Long.parseLong(fields[13]) + Long.parseLong(fields[14]));
  }

  private static double millisSince(long start) {
    return (System.nanoTime() - start) / (double) TimeUnit.MILLISECONDS.toNanos(1);
  }

  private static Map<Variant, Sample> samples() {
    Map<Variant, Sample> samples = new EnumMap<>(Variant.class);
    for (Variant variant : Variant.values()) {
      samples.put(variant, new Sample());
    }
    return samples;
  }
}
