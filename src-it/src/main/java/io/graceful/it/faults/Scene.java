package io.graceful.it.faults;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.Check;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.jvm.ProcessView;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import jnr.constants.platform.Signal;

/**
 * A server with the agent, strict load on it, and what it held before anything went wrong. Its
 * temporary and its runtime directory are its own, so that what is left there can be told.
 */
final class Scene implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Predicate<String> OURS = line -> line.startsWith("graceful[");
  private static final Predicate<String> FAILURE =
      OURS.and(line -> line.contains("restart failed"));

  private final Jdk jdk;
  private final Path agent;
  private final Path directory;
  private final Path temporary;
  private final Path runtime;
  private final List<Process> commands = new ArrayList<>();
  private volatile Server server;
  private ProcessId old;
  private Belongings before;
  private Inheritance inheritance;
  private Load load;
  private Predicate<String> expected = OURS;
  private Predicate<String> uncounted = descriptor -> false;
  private UnaryOperator<String> argument = UnaryOperator.identity();
  private final Told told = new Told();
  private int mostSockets = 1;

  /**
   * @param directory for logs
   */
  Scene(Jdk jdk, Path agent, Path directory) throws IOException {
    this.jdk = jdk;
    this.agent = agent;
    this.directory = Files.createDirectories(directory);
    // Short ones: the path of a UNIX socket has 107 bytes at most.
    this.temporary = Files.createTempDirectory("faults");
    this.runtime = Files.createTempDirectory("faults");
  }

  Jdk jdk() {
    return jdk;
  }

  Path agent() {
    return agent;
  }

  /** For files of the fault itself. */
  Path directory() {
    return directory;
  }

  Server server() {
    return server;
  }

  /** The process that serves at the beginning. */
  ProcessId old() {
    return old;
  }

  Launch launch() {
    return launch(Apps.HTTPSERVER);
  }

  Launch launch(App app) {
    return launch(app, jdk);
  }

  Launch launch(App app, Jdk java) {
    return Launch.of(app, java, directory.resolve("server"))
        .agent(agent)
        .jvm("-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + temporary)
        .environment("XDG_RUNTIME_DIR", runtime.toString())
        .option("soak", "500ms")
        .ownedBy(started -> server = started);
  }

  Launch launchAs(OrdinaryUser user) throws IOException {
    user.own(temporary);
    user.own(runtime);
    user.own(directory.resolve("server"));
    user.own(directory.resolve("server/state"));
    return launch().after(user.shellCommand());
  }

  /** How many the old process has. */
  int threads() {
    return ProcessView.of(old.pid()).threads().values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Starts it, and puts load on it as soon as it is known what it holds. */
  void start(Launch launch) throws IOException {
    server = launch.start();
    old = server.serving();
    plan().start().stop();
    rememberBelongings(old);
    inheritance = Inheritance.of(server.view()).with(argument);
    putUnderLoad();
  }

  private Load.Plan plan() {
    return server
        .load()
        .connectionPerRequest(100)
        .slow(2, 200)
        .uploads(2, 100_000, 400)
        .downloads(2, 200_000, 400)
        .keepAlive(8, 20, false)
        .keepAlive(8, 20, true);
  }

  void putUnderLoad() {
    load = plan().start();
    awaitAnswers();
  }

  /** What the agents have to say, to which a fault may add. */
  Told told() {
    return told;
  }

  /** Descriptors of which one generation may hold more than another, as nobody's fault. */
  void dontCount(Predicate<String> descriptors) {
    uncounted = descriptors;
  }

  /** Where the new process is started with other arguments than the old one on purpose. */
  void expectArguments(UnaryOperator<String> changed) {
    argument = changed;
  }

  /** Lines that others than the agent may write. */
  void expectLines(Predicate<String> foreign) {
    expected = OURS.or(foreign);
  }

  void trigger() {
    server.signal(Signal.SIGUSR2);
  }

  /** Returns when all kinds of traffic have gone on for a while. */
  void awaitAnswers() {
    long now = load.snapshot().succeeded();
    Await.until("200 more answers", LIMIT, () -> load.snapshot().succeeded() > now + 200);
  }

  void awaitLine(String what, Predicate<String> line) {
    Await.until(what + " on stderr", LIMIT, () -> !server.stderr(line).isEmpty());
  }

  /** The first process, as soon as it is a JVM; from another thread than the one that starts it. */
  ProcessId awaitFirst() {
    Server started = Await.value("a server", LIMIT, () -> Optional.ofNullable(server));
    ProcessId first = started.family().first();
    Await.until("a JVM", LIMIT, () -> isJava(first));
    return first;
  }

  private static boolean isJava(ProcessId process) {
    List<String> arguments = ProcessView.of(process.pid()).arguments();
    return !arguments.isEmpty() && arguments.get(0).endsWith("/java");
  }

  /** The new process, as soon as the old one has started it. */
  ProcessId awaitSpawned() {
    return Await.value("a new process", LIMIT, this::spawned);
  }

  /** Empty as long as there is none. */
  Optional<ProcessId> spawned() {
    String beginning = "graceful[" + old.pid() + "]: restart: started pid ";
    return server.stderr(line -> line.startsWith(beginning)).stream()
        .findFirst()
        .flatMap(line -> ProcessId.of(Long.parseLong(line.substring(beginning.length()).strip())));
  }

  /** Until its main method has begun. */
  void awaitMain(ProcessId process) {
    Await.until("main", LIMIT, () -> server.starts().contains(process.pid()));
  }

  /** Until it has this port. */
  void awaitListener(ProcessId process, int port) {
    Await.until(
        "a listener", LIMIT, () -> ProcessView.of(process.pid()).listeners().containsKey(port));
  }

  /** Until the application has handled it. */
  void awaitSignal(ProcessId process, String name) {
    Path handled = server.state("signals");
    String line = process.pid() + " " + name;
    Await.until(
        line + " in " + handled,
        LIMIT,
        () -> Files.exists(handled) && lines(handled).contains(line));
  }

  /** What an obedient application does, if it is this generation. */
  void order(String what, int generation, String content) throws IOException {
    Path whole = Files.writeString(server.state("order"), content);
    Files.move(whole, server.state(what + "-" + generation), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Runs to its end, as whoever runs this. */
  void run(String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(directory, "run", ".log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    commands.add(process);
    Check.same("exit status of " + List.of(command), exitStatus(process), 0);
  }

  /** Of the JVM, for its temporary files. */
  Path temporary() {
    return temporary;
  }

  void awaitEnd(ProcessId process) {
    server.awaitExit(process, LIMIT);
  }

  void awaitNobodyLeft() {
    Await.until("the end of all", LIMIT, () -> server.family().alive().isEmpty());
  }

  /** The agent loads the rest of itself when a server has been up for 3 s. */
  void awaitPreloaded() throws InterruptedException {
    Thread.sleep(4000);
  }

  void awaitHandover() {
    awaitLine(
        "the handover", line -> line.startsWith("graceful[" + old.pid() + "]: handed over to pid"));
  }

  /**
   * Asks for a restart that must fail: nobody notices, the old process serves on, holds what it
   * held, and has said once why.
   *
   * @param reason a part of what it says
   */
  void restartFails(String reason) throws Exception {
    trigger();
    oldServesOn(reason, Set.of(old.pid()));
  }

  /** The same, when the restart was already asked for. */
  void oldServesOn(String reason, Set<Long> mayHaveAnswered) {
    Await.until("the failure", LIMIT, () -> !server.stderr(FAILURE).isEmpty());
    awaitAnswers();
    LoadReport report = stopLoad();
    Losses.noneAtAll(report);
    Check.that(
        mayHaveAnswered.containsAll(report.pids()), "answered by %s: %s", report.pids(), report);
    toldOnce(reason);
    isAsBefore();
  }

  /** One line that says that the restart failed, and why. */
  void toldOnce(String reason) {
    told.failed(old, reason);
    nothingElseOnTheTerminal();
  }

  /** What had to be told was, once, and nobody else has written anything. */
  void nothingElseOnTheTerminal() {
    Await.untilAsserted(LIMIT, () -> told.judge(server.stderr()));
    List<String> printed = server.stdout().stream().filter(expected.negate()).toList();
    Check.that(printed.isEmpty(), "on stdout: %s", printed);
    List<String> foreign = server.stderr(expected.negate());
    Check.that(foreign.isEmpty(), "on stderr: %s", foreign);
  }

  /** The old process alone, with what it had. */
  void isAsBefore() {
    holdsWhatItHeld(old);
    Check.that(!server.stops().contains(old.pid()), "its shutdown hook has run");
  }

  /** This process is the only one left, and holds what the first one held. */
  void holdsWhatItHeld(ProcessId process) {
    Await.untilAsserted(
        LIMIT,
        () -> {
          Check.same("processes", server.family().alive(), Set.of(process));
          Check.same("zombies", server.family().zombies(), List.of());
          Belongings now =
              Belongings.ifSettled(ProcessView.of(process.pid()), temporary, runtime)
                  .orElseThrow(() -> new AssertionError(process + " does not come to rest"))
                  .without(uncounted);
          List<String> differences = now.differencesFrom(before.without(uncounted));
          Check.that(differences.isEmpty(), "%s holds other things: %s", process, differences);
          Check.that(socketsIn(runtime) <= mostSockets, "%d control sockets", socketsIn(runtime));
        });
  }

  /** The restart takes place, nobody notices, and the new process holds what the old one held. */
  Restart restartSucceeds() throws Exception {
    Restart restart = server.restart();
    awaitAnswers();
    restarted(restart.predecessor(), restart.successor());
    Check.same("exit status of the old process", restart.exitStatus(), OptionalInt.of(0));
    return restart;
  }

  /** Nobody noticed that this process serves now. */
  void newServes(ProcessId process) {
    restarted(old, process);
  }

  private void restarted(ProcessId from, ProcessId to) {
    nobodyNotices();
    server.awaitAnswerBy(to);
    told.restarted(from, to);
    nothingElseOnTheTerminal();
    isSameProgram(to);
    holdsWhatItHeld(to);
  }

  /** Started with the same arguments, environment and so on as the first one. */
  void isSameProgram(ProcessId process) {
    inheritance.check(Inheritance.of(ProcessView.of(process.pid())));
  }

  /**
   * Kills it, which leaves its control socket to the next agent that starts.
   *
   * @return when
   */
  Death kill(ProcessId process) {
    return end(process, Signal.SIGKILL);
  }

  /** It ends without a chance to remove its control socket. */
  void leavesSocket() {
    mostSockets = 2;
  }

  /** The same with another signal that ends it. */
  Death end(ProcessId process, Signal signal) {
    leavesSocket();
    long begun = System.nanoTime();
    process.signal(signal);
    Await.until("the end of " + process, LIMIT, process::hasLetGo);
    return new Death(process, begun, System.nanoTime());
  }

  /**
   * All over again, with whom serves by now, under load as before; after a failure, its cause is
   * gone.
   */
  Restart nextRestartSucceeds() throws Exception {
    mostSockets = 1;
    putUnderLoad();
    return restartSucceeds();
  }

  /** What it holds now is what its successors must hold, whose configuration is another one. */
  void rememberBelongings(ProcessId process) {
    before =
        Await.value(
            "rest",
            LIMIT,
            () -> Belongings.ifSettled(ProcessView.of(process.pid()), temporary, runtime));
  }

  /** The restart succeeds or fails, and in both cases as it does otherwise. */
  void eitherServes(ProcessId successor) throws Exception {
    awaitOneProcess();
    awaitAnswers();
    if (server.serving().equals(successor)) {
      newServes(successor);
    } else {
      oldServesOn("", Set.of(old.pid(), successor.pid()));
    }
  }

  /** Whoever that is. */
  void awaitOneProcess() {
    Await.until(
        "one process that serves",
        LIMIT,
        () -> {
          Set<ProcessId> alive = server.family().alive();
          if (alive.size() != 1) {
            return false;
          }
          server.awaitAnswerBy(alive.iterator().next());
          return true;
        });
  }

  /** Requests that fail while it is under way may be counted by the caller. */
  LoadReport snapshot() {
    return load.snapshot();
  }

  /** No request has failed, and no connection was lost. */
  LoadReport nobodyNotices() {
    LoadReport report = stopLoad();
    Losses.none(report);
    return report;
  }

  LoadReport stopLoad() {
    return load.stop();
  }

  /** {@code java -jar graceful.jar ...}. */
  Process command(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of(jdk.java().toString(), "-jar", agent.toString()));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(directory, "command", ".log");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(Map.of("XDG_RUNTIME_DIR", runtime.toString()));
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    commands.add(process);
    return process;
  }

  static int exitStatus(Process command) throws InterruptedException {
    Check.that(command.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS), "the command does not end");
    return command.exitValue();
  }

  /** If it fails, the logs show what each JVM was doing. */
  void play(Fault fault) throws Exception {
    try {
      fault.script().run(this);
    } catch (Throwable failure) {
      if (server != null) {
        server.dumpThreads();
      }
      throw failure;
    }
  }

  /** Kills whatever is left. */
  @Override
  public void close() throws IOException {
    try {
      if (load != null) {
        load.stop();
      }
    } finally {
      commands.forEach(Process::destroyForcibly);
      if (server != null) {
        server.close();
      }
      delete(temporary);
      delete(runtime);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException unreadable) {
      throw new AssertionError(unreadable);
    }
  }

  private static long socketsIn(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".sock")).count();
    } catch (IOException | UncheckedIOException changing) {
      throw new AssertionError(changing);
    }
  }

  private static void delete(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(directory)) {
      all = files.sorted(java.util.Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.deleteIfExists(file);
    }
  }
}
