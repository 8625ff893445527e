package io.graceful.it.systemd;

import io.graceful.it.app.Apps;
import io.graceful.it.app.FreePort;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.Check;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.load.Endpoint;
import io.graceful.it.load.Greeting;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import io.graceful.it.load.Request;
import io.graceful.it.load.RequestFailed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The units of one case, the server that they start, and the load on it. */
final class Scene implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** No user of this machine is called legacy. */
  private static final String USER = "nobody";

  private final Jdk jdk;
  private final Path agent;
  private final Path docs;
  private final Path units;
  private final Path directory;
  private final int port = FreePort.find();
  private final int admin = FreePort.find();
  private final Endpoint endpoint = Endpoint.tcp("127.0.0.1", port);
  private final List<Path> written = new ArrayList<>();
  private final List<String> started = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();
  private String flavour = "httpserver";
  private final Map<String, Object> arguments = new LinkedHashMap<>();
  private Load load;

  /**
   * @param units where systemd looks for them
   * @param directory of this case, for logs
   */
  Scene(Jdk jdk, Path agent, Path docs, Path units, Path directory) throws IOException {
    this.jdk = jdk;
    this.agent = agent;
    this.docs = docs;
    this.units = units;
    this.directory = directory.toAbsolutePath();
    Files.createDirectories(state());
    own(this.directory, state());
    arguments.put("port", port);
    arguments.put("state", state());
  }

  /** Of the application. */
  Scene with(String key, Object value) {
    arguments.put(key, value);
    return this;
  }

  /** Another of the test app's flavours. */
  Scene flavour(String name) {
    flavour = name;
    return this;
  }

  int port() {
    return port;
  }

  int admin() {
    return admin;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  Path directory() {
    return directory;
  }

  Path state() {
    return directory.resolve("state");
  }

  Path log() {
    return directory.resolve("log");
  }

  /** A block of docs/systemd.md, with this machine's places. */
  String example(String... parts) throws IOException {
    return exampleOf("systemd.md", parts);
  }

  String exampleOf(String page, String... parts) throws IOException {
    Map<String, String> places = new LinkedHashMap<>();
    StringBuilder command = new StringBuilder(Apps.HTTPSERVER.jar() + " " + flavour);
    arguments.forEach((key, value) -> command.append(" ").append(key).append("=").append(value));
    places.put("-jar legacy.jar", "-jar " + command);
    places.put("/srv/legacy/current/legacy.jar", command.toString());
    places.put("/srv/legacy/%i/legacy.jar", command.toString());
    places.put("WorkingDirectory=/srv/legacy/current", "WorkingDirectory=" + directory);
    places.put("/opt/graceful.jar", agent.toString());
    places.put("/usr/bin/java", jdk.java().toString());
    places.put("User=legacy", "User=" + USER);
    places.put("8080", Integer.toString(port));
    places.put("9090", Integer.toString(admin));
    return new Examples(docs.resolve(page)).block(places, parts);
  }

  /** A unit, and what the service writes goes to the log of this case. */
  Unit unit(String name, String text) throws IOException {
    write(units.resolve(name), text);
    if (name.endsWith(".service")) {
      dropIn(name, "campaign", asByTheSystem(text));
    }
    reload();
    if (!name.contains("@")) {
      started.add(0, name); // If only by its socket.
    }
    return new Unit(name);
  }

  /** What a user's manager does in another way than the system's. */
  private String asByTheSystem(String text) {
    String more = "[Service]\n";
    more += "StandardOutput=append:" + log() + "\nStandardError=append:" + log() + "\n";
    // It passes its own runtime directory on, which the system's does not have.
    more += text.contains("XDG_RUNTIME_DIR") ? "" : "UnsetEnvironment=XDG_RUNTIME_DIR\n";
    return more + (text.contains("RuntimeDirectory=") ? ownership() : "");
  }

  /** Services of a user's manager are its own user's, and so are their directories. */
  String ownership() {
    return "ExecStartPre=+/bin/chown " + USER + " /run/legacy\n";
  }

  void dropIn(String unit, String name, String text) throws IOException {
    Path home = Files.createDirectories(units.resolve(unit + ".d"));
    write(home.resolve(name + ".conf"), text);
    reload();
  }

  private void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.writeString(directory.resolve(file.getFileName().toString()), text);
    written.add(0, file);
  }

  private static void reload() throws IOException {
    try {
      Systemctl.must("daemon-reload");
    } catch (InterruptedException interrupted) {
      throw new IOException(interrupted);
    }
  }

  /** Returns as soon as systemd says that it has started. */
  void start(Unit unit) throws Exception {
    started.add(0, unit.name());
    Systemctl.must("start", unit.name());
  }

  void beginStart(Unit unit) throws Exception {
    Systemctl.must("start", "--no-block", unit.name());
  }

  /** A command that is no service. */
  Process run(List<String> command, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  void startLoad() {
    load =
        Load.against(endpoint)
            .connectionPerRequest(100)
            .slow(2, 200)
            .uploads(2, 100_000, 400)
            .downloads(2, 200_000, 400)
            .keepAlive(8, 20, false)
            .keepAlive(8, 20, true)
            .start();
    awaitAnswers();
  }

  /** New connections only: for what ends those that are open. */
  void startArrivals() {
    load = Load.against(endpoint).connectionPerRequest(50).start();
    awaitAnswers();
  }

  LoadReport stopLoad() {
    return load.stop();
  }

  void awaitAnswers() {
    long now = load.snapshot().succeeded();
    Await.until("100 more answers", LIMIT, () -> load.snapshot().succeeded() > now + 100);
  }

  LoadReport nobodyNotices() {
    awaitAnswers();
    LoadReport report = load.stop();
    Check.that(report.failed() == 0, "%d requests failed: %s", report.failed(), report);
    return report;
  }

  Greeting greet() throws RequestFailed {
    return Greeting.parse(Request.get(endpoint, "/"));
  }

  Greeting awaitAnswer() {
    return Await.value(
        "an answer",
        LIMIT,
        () -> {
          try {
            return Optional.of(greet());
          } catch (RequestFailed notYet) {
            return Optional.empty();
          }
        });
  }

  /** The pids in a file of the application's, such as starts. */
  List<String> pids(String file) {
    Path path = state().resolve(file);
    try {
      return Files.exists(path) ? Files.readAllLines(path) : List.of();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  void awaitLine(String what, String part) {
    Await.until(
        what,
        LIMIT,
        () -> {
          try {
            return Files.exists(log()) && Files.readString(log()).contains(part);
          } catch (IOException unreadable) {
            return false;
          }
        });
  }

  /** Whom the services run as. */
  static void own(Path... paths) throws IOException {
    for (Path path : paths) {
      Files.setOwner(
          path, path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER));
    }
  }

  @Override
  public void close() throws IOException {
    try {
      if (load != null) {
        load.stop();
      }
    } finally {
      for (Process process : processes) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      try {
        for (String unit : started) {
          if (unit.endsWith(".service")) {
            Systemctl.run("kill", "--signal=KILL", unit);
          }
          Systemctl.run("stop", unit);
          Systemctl.run("reset-failed", unit);
        }
      } catch (InterruptedException interrupted) {
        throw new IOException(interrupted);
      }
      for (Path file : written) {
        Files.deleteIfExists(file);
      }
      reload();
    }
  }
}
