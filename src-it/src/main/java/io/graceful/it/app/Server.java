package io.graceful.it.app;

import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.ProcessFamily;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.jvm.ProcessView;
import io.graceful.it.load.Endpoint;
import io.graceful.it.load.Greeting;
import io.graceful.it.load.Load;
import io.graceful.it.load.ManualClient;
import io.graceful.it.load.Request;
import io.graceful.it.load.RequestFailed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import jnr.constants.platform.Signal;

/** A running server, through all of its generations. */
public final class Server implements AutoCloseable {
  /** Enough for the slowest app on a busy machine; only a failing test ever waits that long. */
  public static final Duration LIMIT = Duration.ofSeconds(60);

  /** What a JVM may take to write where its threads are. */
  private static final Duration DUMP = Duration.ofSeconds(1);

  private final App app;
  private final Path directory;
  private final ProcessFamily family;
  private final Endpoint endpoint;
  private final int port;
  private final Map<String, String> arguments;
  private final Path socketDirectory;
  private ProcessId serving;

  Server(
      App app,
      Path directory,
      ProcessFamily family,
      Endpoint endpoint,
      int port,
      Map<String, String> arguments,
      Path socketDirectory) {
    this.app = app;
    this.directory = directory;
    this.family = family;
    this.endpoint = endpoint;
    this.port = port;
    this.arguments = arguments;
    this.socketDirectory = socketDirectory;
    this.serving = family.first();
  }

  /**
   * Asks the serving process for a restart, and waits until its successor serves and it is gone.
   */
  public Restart restart() {
    Restart restart = beginRestart();
    restart.complete();
    return restart;
  }

  /** Asks the serving process for a restart. */
  public Restart beginRestart() {
    return new Restart(this);
  }

  /** The process that served when the last complete restart was over. */
  public ProcessId serving() {
    return serving;
  }

  /** Waits until this process answers: from now on, it is the one that serves. */
  public void awaitAnswerBy(ProcessId process) {
    Await.until(
        "an answer by " + process,
        LIMIT,
        () -> {
          if (family.hasEnded(process)) {
            throw new AssertionError(
                process + " ended before it answered: " + String.join("\n", stderr()));
          }
          return isServedBy(process);
        });
    serving = process;
  }

  public ProcessView view() {
    return ProcessView.of(serving.pid());
  }

  public void signal(Signal signal) {
    if (!serving.signal(signal)) {
      throw new AssertionError("can't send " + signal + ": " + serving + " is gone");
    }
  }

  public ProcessFamily family() {
    return family;
  }

  public App app() {
    return app;
  }

  public Endpoint endpoint() {
    return endpoint;
  }

  public int port() {
    return port;
  }

  /** An argument that the app was started with, such as admin. */
  public String argument(String key) {
    return arguments.get(key);
  }

  public Load.Plan load() {
    return Load.against(endpoint);
  }

  /** Asks the server who it is, on a new connection. */
  public Greeting greet() throws RequestFailed {
    if (app.protocol() == Protocol.LINES) {
      try (ManualClient client = ManualClient.connect(endpoint)) {
        return client.receiveHello();
      }
    }
    return Greeting.parse(Request.get(endpoint, "/"));
  }

  /** Waits until nobody listens any more, where a client would wait to be accepted. */
  public void awaitRefusal() {
    Await.until("a refusal", LIMIT, this::isRefused);
  }

  private boolean isRefused() {
    try {
      new Socket(InetAddress.getLoopbackAddress(), port).close();
      return false;
    } catch (ConnectException refused) {
      return true;
    } catch (SocketException resetAsTheListenerWasClosed) {
      return false;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The pids of all processes that have reached the app's main method, oldest first. */
  public List<Long> starts() {
    return pids("starts");
  }

  /** The pids of all processes whose shutdown hook has run. */
  public List<Long> stops() {
    return pids("stops");
  }

  /** The pids of all processes whose slow shutdown hook has run to its end. */
  public List<Long> slowStops() {
    return pids("slow-stops");
  }

  /**
   * Makes the next process the first generation again, to an app that misbehaves from a certain
   * generation on.
   */
  public void forgetStarts() {
    try {
      Files.writeString(state("starts"), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path state(String file) {
    return directory.resolve("state").resolve(file);
  }

  /** Where logs and state are. */
  public Path directory() {
    return directory;
  }

  public List<String> stdout() {
    return lines(directory.resolve("stdout.log"));
  }

  /** Lines of all generations. */
  public List<String> stderr() {
    return lines(directory.resolve("stderr.log"));
  }

  public List<String> stderr(Predicate<String> filter) {
    return stderr().stream().filter(filter).toList();
  }

  public String awaitStderr(String what, Predicate<String> filter) {
    return Await.value(what + " on stderr", LIMIT, () -> stderr(filter).stream().findFirst());
  }

  /**
   * Waits for the end of a process.
   *
   * @return its exit status, 128 + n for signal n; empty if its parent, another generation, has
   *     taken it
   */
  public OptionalInt awaitExit(ProcessId process, Duration limit) {
    Await.until("the end of " + process, limit, () -> family.hasEnded(process));
    return family.exitStatus(process);
  }

  /** The agent gets ready beside the application, and may be the later of the two. */
  void awaitAgent() {
    Await.until(
        "the agent's thread",
        LIMIT,
        () ->
            ProcessView.of(serving.pid()).isAsleep("graceful")
                || family.hasEnded(serving)
                || stderr().stream().anyMatch(line -> line.startsWith("graceful[")));
  }

  /** The first process of the family is none that serves. */
  void awaitFirstGeneration() {
    serving =
        Await.value(
            "a first generation",
            LIMIT,
            () -> {
              if (family.hasEnded(family.first())) {
                throw new AssertionError(
                    app
                        + " ended with "
                        + family.exitStatus(family.first())
                        + ": "
                        + String.join("\n", stderr()));
              }
              return startedAfter(0);
            });
  }

  void awaitReady() {
    if (app.equals(Apps.HELLO)) {
      return;
    }
    Await.until(
        app + " starting up",
        LIMIT,
        () -> {
          if (family.hasEnded(serving)) {
            throw new AssertionError(
                app
                    + " ended with "
                    + family.exitStatus(serving)
                    + " before it answered: "
                    + String.join("\n", stderr()));
          }
          return !starts().isEmpty() && isServedBy(serving);
        });
  }

  /**
   * Whether this process is one that answers; for apps that don't speak HTTP, whether it listens.
   */
  private boolean isServedBy(ProcessId process) {
    switch (app.protocol()) {
      case HTTP, HTTP_OVER_UNIX, HTTP_OVER_TLS, HTTP_BEHIND_PROXY, LINES -> {
        try {
          return greet().pid() == process.pid();
        } catch (RequestFailed notYet) {
          return false;
        }
      }
      case GRPC -> {
        return ProcessView.of(process.pid()).listeners().containsKey(port);
      }
      default -> {
        return true;
      }
    }
  }

  /** For the logs of a failure: what each of its JVMs is doing, on its stdout. */
  public void dumpThreads() {
    family.alive().forEach(process -> process.signal(Signal.SIGQUIT));
    try {
      Thread.sleep(DUMP.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Kills whatever is left of it. */
  @Override
  public void close() {
    family.close();
    if (socketDirectory != null) {
      try {
        Files.deleteIfExists(socketDirectory.resolve("app.sock"));
        Files.deleteIfExists(socketDirectory);
      } catch (IOException e) {
        throw new UncheckedIOException("can't clean up " + socketDirectory, e);
      }
    }
  }

  private List<Long> pids(String file) {
    return lines(state(file)).stream().map(Long::valueOf).toList();
  }

  /** Only whole lines: the last one may still be being written. */
  private static List<String> lines(Path file) {
    try {
      String text = Files.exists(file) ? Files.readString(file) : "";
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("can't read " + file, e);
    }
  }

  Optional<ProcessId> startedAfter(int starts) {
    List<Long> pids = starts();
    return pids.size() > starts ? family.member(pids.get(pids.size() - 1)) : Optional.empty();
  }
}
