package io.graceful.it.demo;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Server;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.JdkHomes;
import io.graceful.it.load.Load;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The demo's command line: starts the server, shows the restarts, cleans up. */
public final class Demo {
  private Demo() {}

  /**
   * @param args the app's name; the Java version, or 0 for the one that runs us; the terminal's
   *     columns, or 0 for plain lines
   */
  public static void main(String[] args) throws Exception {
    Optional<App> app =
        Apps.httpServers().stream().filter(one -> one.name().equals(args[0])).findFirst();
    if (app.isEmpty()) {
      complain("no app is named '" + args[0] + "'; there are " + names(Apps.httpServers()));
      System.exit(2);
    }
    Jdk jdk;
    try {
      jdk = jdk(Integer.parseInt(args[1]));
      if (jdk.feature() < app.get().oldestJdk()) {
        complain(
            app.get() + " needs Java " + app.get().oldestJdk() + ": try --jdk, or another --app");
        System.exit(2);
      }
    } catch (IllegalStateException missing) {
      complain(missing.getMessage());
      System.exit(2);
      return;
    }
    // The shutdown hook cleans up, also after Ctrl-C.
    System.exit(run(app.get(), jdk, Integer.parseInt(args[2])));
  }

  private static int run(App app, Jdk jdk, int columns) throws IOException {
    boolean live = columns > 0;
    Style style = new Style(live && System.getenv("NO_COLOR") == null);
    Path directory = Files.createTempDirectory("graceful-demo");
    System.out.println();
    System.out.println("  " + app + ", unmodified, on Java " + jdk.version() + ":");
    System.out.println();
    System.out.println("  $ java -javaagent:graceful.jar -jar app.jar");
    System.out.println();
    Plan.description().forEach(System.out::println);
    System.out.println();

    Path agent = Path.of(System.getProperty("graceful.agent.jar"));
    try (Server server = Launch.of(app, jdk, directory).agent(agent).start();
        Screen screen = live ? new LiveScreen(System.out, columns) : new PlainScreen(System.out)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> cleanUp(server, screen), "clean-up"));
      Timeline timeline = new Timeline(style, live ? columns : 80, Plan.EXPECTED_MILLIS);
      Load load = Plan.start(server);
      IdleClients idle = new IdleClients(server.port(), Plan.IDLE_CLIENTS);
      return new Show(server, load, idle, timeline, screen, style, !live).run() ? 0 : 1;
    } catch (AssertionError | IllegalStateException failed) {
      complain(failed.getMessage());
      return 1;
    }
  }

  private static void cleanUp(Server server, Screen screen) {
    screen.close();
    server.close();
    try (var files = Files.walk(server.directory())) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
    } catch (IOException | java.io.UncheckedIOException left) {
      complain("can't remove " + server.directory() + ": " + left);
    }
  }

  private static Jdk jdk(int feature) {
    return feature == 0
        ? Jdk.at(Path.of(System.getProperty("java.home"))).orElseThrow()
        : JdkHomes.ofThisMachine().require(feature);
  }

  private static String names(List<App> apps) {
    return apps.stream().map(App::name).collect(Collectors.joining(", "));
  }

  private static void complain(String message) {
    System.err.println("demo: " + message);
  }
}
