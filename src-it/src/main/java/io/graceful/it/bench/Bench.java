package io.graceful.it.bench;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.jvm.AgentJar;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.JdkHomes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The benchmarks' command line. */
public final class Bench {
  private static final String DEFAULT_JDKS = "17,25";

  private Bench() {}

  /**
   * @param args startup, cli, restart, handover, steady or steady-empty; the app; how many runs
   */
  public static void main(String[] args) throws Exception {
    Optional<App> app =
        Apps.httpServers().stream().filter(one -> one.name().equals(args[1])).findFirst();
    if (app.isEmpty()) {
      String names = Apps.httpServers().stream().map(App::name).collect(Collectors.joining(", "));
      System.err.println("bench: no app is named '" + args[1] + "'; there are " + names);
      System.exit(2);
    }
    int runs = Integer.parseInt(args[2]);
    List<Jdk> jdks = jdks(app.get());
    Path directory = Files.createTempDirectory("graceful-bench");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory), "clean-up"));
    Path agent = Path.of(System.getProperty("graceful.agent.jar"));

    System.out.printf(
        Locale.ROOT,
        "%d processors, load %s before we begin%n",
        Runtime.getRuntime().availableProcessors(),
        Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
    boolean wrong = false;
    for (Jdk jdk : jdks) {
      System.out.printf("%n%s on Java %s (%s)%n", args[0], jdk.version(), jdk.home());
      switch (args[0]) {
        case "startup" -> wrong |= new Startup(jdk, agent, directory, runs).run();
        case "handover" -> wrong |= new Handover(app.get(), jdk, agent, directory, runs).run();
        case "cli" -> new CommandTime(jdk, agent, directory, runs).run();
        case "restart" -> new RestartTime(app.get(), jdk, agent, directory, runs).run();
        case "steady-empty" -> {
          Path empty = AgentJar.write(EmptyAgent.class, directory.resolve("empty-agent.jar"), true);
          new Steady(app.get(), jdk, Variant.EMPTY_AGENT, empty, directory, runs).run();
        }
        default -> new Steady(app.get(), jdk, Variant.GRACEFUL, agent, directory, runs).run();
      }
    }
    System.exit(wrong ? 1 : 0);
  }

  private static List<Jdk> jdks(App app) {
    String wanted = Optional.ofNullable(System.getenv("BENCH_JDKS")).orElse(DEFAULT_JDKS);
    List<Jdk> jdks = new ArrayList<>();
    for (String feature : wanted.split(",")) {
      try {
        Jdk jdk = JdkHomes.ofThisMachine().require(Integer.parseInt(feature.strip()));
        if (jdk.feature() >= app.oldestJdk()) {
          jdks.add(jdk);
        }
      } catch (NumberFormatException notOne) {
        System.err.println("bench: BENCH_JDKS is a list such as 17,25, not '" + wanted + "'");
        System.exit(2);
      } catch (IllegalStateException missing) {
        System.err.println("bench: skipped: " + missing.getMessage());
      }
    }
    if (jdks.isEmpty()) {
      System.err.println("bench: there is no JDK to measure on");
      System.exit(2);
    }
    return jdks;
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
    } catch (IOException | java.io.UncheckedIOException left) {
      System.err.println("bench: can't remove " + directory + ": " + left);
    }
  }
}
