package io.graceful.it.bench;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Server;
import io.graceful.it.jvm.Jdk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How long a script waits for a command of the jar that has nothing to wait for itself. */
final class CommandTime {
  private static final double BUDGET_MILLIS = 600;

  /** After its start an agent opens its socket a little later, not to disturb the application's. */
  private static final int SETTLED_MILLIS = 4_000;

  private final Jdk jdk;
  private final Path jar;
  private final Path directory;
  private final int runs;

  CommandTime(Jdk jdk, Path jar, Path directory, int runs) throws IOException {
    this.jdk = jdk;
    this.jar = jar;
    this.directory = directory.resolve("cli-" + jdk.feature());
    this.runs = runs;
    Files.createDirectories(this.directory);
  }

  void run() throws IOException, InterruptedException {
    Launch launch = Launch.of(Apps.HTTPSERVER, jdk, directory.resolve("server")).agent(jar);
    try (Server server = launch.environment("XDG_RUNTIME_DIR", directory.toString()).start()) {
      TimeUnit.MILLISECONDS.sleep(SETTLED_MILLIS);
      String pid = String.valueOf(server.serving().pid());
      Map<String, List<String>> commands = new LinkedHashMap<>();
      commands.put("a JVM that says hello", List.of(Apps.HELLO.jar().toString(), "hello"));
      commands.put("--version", List.of(jar.toString(), "--version"));
      commands.put("list", List.of(jar.toString(), "list"));
      commands.put("status PID --json", List.of(jar.toString(), "status", pid, "--json"));
      measure(commands);
    }
  }

  private void measure(Map<String, List<String>> commands)
      throws IOException, InterruptedException {
    Map<String, Sample> times = new LinkedHashMap<>();
    for (String name : commands.keySet()) {
      times.put(name, new Sample());
      millis(commands.get(name)); // fills the page cache
    }
    for (int run = 0; run < runs; run++) {
      for (String name : commands.keySet()) {
        times.get(name).add(millis(commands.get(name)));
      }
    }
    System.out.printf("medians of %d runs, ms (in brackets: the middle half of them)%n%n", runs);
    boolean inTime = true;
    for (Map.Entry<String, Sample> entry : times.entrySet()) {
      Sample sample = entry.getValue();
      System.out.printf(
          Locale.ROOT,
          "%-26s%8.0f (%.0f..%.0f)%n",
          entry.getKey(),
          sample.median(),
          sample.quantile(0.25),
          sample.quantile(0.75));
      inTime &= sample.median() < BUDGET_MILLIS;
    }
    System.out.printf(
        Locale.ROOT, "%nverdict: %s budget (%.0f ms)%n", inTime ? "within" : "over", BUDGET_MILLIS);
  }

  private double millis(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(jdk.java().toString(), "-jar"));
    command.addAll(arguments);
    Path output = directory.resolve("output");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")
        .forEach(builder.environment()::remove);
    builder.environment().put("XDG_RUNTIME_DIR", directory.toString());
    long start = System.nanoTime();
    int status = builder.start().waitFor();
    double millis = (System.nanoTime() - start) / (double) TimeUnit.MILLISECONDS.toNanos(1);
    if (status != 0) {
      throw new IOException(command + " ended with " + status + ": " + Files.readString(output));
    }
    return millis;
  }
}
