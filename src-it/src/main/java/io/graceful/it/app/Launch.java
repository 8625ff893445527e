package io.graceful.it.app;

import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.ProcessFamily;
import io.graceful.it.load.Endpoint;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How a server shall be started: its command line and all that it inherits from its first parent.
 */
public final class Launch {
  /** Whoever runs the tests in the background of a shell has these ignored, and so do we then. */
  private static final String DEFAULT_SIGNALS = "exec env --default-signal=HUP,INT,QUIT ";

  private final App app;
  private final Jdk jdk;
  private final Path directory;
  private final List<String> jvmOptions = new ArrayList<>(List.of("-Xmx192m"));
  private final List<String> jvmOptionsAfterAgent = new ArrayList<>();
  private final Map<String, String> agentOptions = new LinkedHashMap<>();
  private final Map<String, String> arguments = new LinkedHashMap<>();
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final List<String> supervisor = new ArrayList<>();
  private Path agent;
  private boolean awaitsAgent = true;
  private Path workingDirectory;
  private int fixedPort;
  private String shellCommands = "";
  private Consumer<Server> owner = server -> {};

  private Launch(App app, Jdk jdk, Path directory) {
    this.app = app;
    this.jdk = jdk;
    this.directory = directory;
  }

  /**
   * @param directory for the logs of all generations and the app's state; must be empty or missing
   */
  public static Launch of(App app, Jdk jdk, Path directory) {
    return new Launch(app, jdk, directory.toAbsolutePath());
  }

  public Launch agent(Path jar) {
    agent = jar;
    return this;
  }

  public Launch withoutAgent() {
    agent = null;
    return this;
  }

  /** An option of the agent, such as soak=300ms. */
  public Launch option(String key, String value) {
    agentOptions.put(key, value);
    return this;
  }

  public Launch jvm(String... options) {
    jvmOptions.addAll(List.of(options));
    return this;
  }

  /** The same, unless the JDK is older, and would refuse them. */
  public Launch jvmSince(int oldestJdk, String... options) {
    return jdk.feature() >= oldestJdk ? jvm(options) : this;
  }

  /** Behind the agent's own, where the order counts. */
  public Launch jvmAfterAgent(String... options) {
    jvmOptionsAfterAgent.addAll(List.of(options));
    return this;
  }

  /** An argument of the app, such as slow-start=500. */
  public Launch with(String key, Object value) {
    arguments.put(key, String.valueOf(value));
    return this;
  }

  /** At the port of another server, which has ended. */
  public Launch at(Server other) {
    fixedPort = other.port();
    return this;
  }

  public Launch environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  public Launch workingDirectory(Path path) {
    workingDirectory = path;
    return this;
  }

  /**
   * Commands that a shell runs before it becomes the server: {@code umask 027}, {@code ulimit -n
   * 256}.
   */
  public Launch after(String commands) {
    shellCommands = commands + "; ";
    return this;
  }

  /** A command that starts the server's, which follows it, and stays above all generations. */
  public Launch under(List<String> command) {
    supervisor.addAll(command);
    return this;
  }

  /**
   * Who shall be told of the server, even if it fails to start; the starter still has to close it.
   */
  public Launch ownedBy(Consumer<Server> newOwner) {
    owner = newOwner;
    return this;
  }

  /** For an agent that is going to fail, or where only the time to the first answer counts. */
  public Launch notAwaitingAgent() {
    awaitsAgent = false;
    return this;
  }

  /** Starts the server, and returns when it answers. */
  public Server start() throws IOException {
    Path state = Files.createDirectories(directory.resolve("state"));
    arguments.put("state", state.toString());
    Path socketDirectory = null;
    Endpoint endpoint = null;
    int port = 0;
    if (app.protocol() == Protocol.HTTP_OVER_UNIX) {
      // The path of a UNIX socket has 107 bytes at most; build directories are often deeper than
      // that.
      socketDirectory = Files.createTempDirectory("graceful-it");
      arguments.put("path", socketDirectory.resolve("app.sock").toString());
      endpoint = Endpoint.unix(socketDirectory.resolve("app.sock"));
    } else if (app.protocol() != Protocol.NOTHING) {
      port = fixedPort > 0 ? fixedPort : FreePort.find();
      arguments.put("port", Integer.toString(port));
      if (app.equals(Apps.TWO)) {
        arguments.putIfAbsent("admin", Integer.toString(FreePort.find()));
      }
      endpoint =
          switch (app.protocol()) {
            case HTTP_OVER_TLS -> Endpoint.tls("127.0.0.1", port);
            case HTTP_BEHIND_PROXY -> Endpoint.proxied("127.0.0.1", port);
            default -> Endpoint.tcp("127.0.0.1", port);
          };
    }
    ProcessFamily family = ProcessFamily.start(processBuilder());
    Server server =
        new Server(app, directory, family, endpoint, port, Map.copyOf(arguments), socketDirectory);
    owner.accept(server);
    try {
      if (!supervisor.isEmpty()) {
        server.awaitFirstGeneration();
      }
      server.awaitReady();
      if (agent != null && awaitsAgent && endpoint != null) {
        server.awaitAgent();
      }
      return server;
    } catch (Throwable e) {
      server.dumpThreads();
      server.close();
      throw e;
    }
  }

  private ProcessBuilder processBuilder() throws IOException {
    List<String> command =
        new ArrayList<>(List.of("/bin/sh", "-c", shellCommands + DEFAULT_SIGNALS + "\"$@\"", "sh"));
    command.addAll(supervisor);
    command.addAll(javaCommand());
    ProcessBuilder builder = new ProcessBuilder(command);
    Path home = workingDirectory == null ? directory : workingDirectory;
    builder.directory(home.toFile());
    // Append: a process that the family has not started writes to the same files.
    builder.redirectOutput(Redirect.appendTo(directory.resolve("stdout.log").toFile()));
    builder.redirectError(Redirect.appendTo(directory.resolve("stderr.log").toFile()));
    // What the builder's own environment would do to every JVM, including a line on stderr.
    List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")
        .forEach(builder.environment()::remove);
    builder.environment().put("PWD", home.toString());
    builder.environment().putAll(environment);
    return builder;
  }

  private List<String> javaCommand() {
    List<String> command = new ArrayList<>();
    command.add(jdk.java().toString());
    command.addAll(jvmOptions);
    command.addAll(app.jvmOptions(jdk.feature()));
    if (agent != null) {
      List<String> options =
          agentOptions.entrySet().stream()
              .map(option -> option.getKey() + "=" + option.getValue())
              .toList();
      command.add(
          "-javaagent:" + agent + (options.isEmpty() ? "" : "=" + String.join(",", options)));
    }
    command.addAll(jvmOptionsAfterAgent);
    command.add("-jar");
    command.add(app.jar().toString());
    command.addAll(app.arguments());
    arguments.forEach((key, value) -> command.add(key + "=" + value));
    return command;
  }
}
