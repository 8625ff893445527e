package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.FreePort;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.ProcessId;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is wrong around us, the app runs; one line says what, and what to do. */
@ExtendWith(ServersExtension.class)
class BadInputIT {

  /** For what exists on newer JDKs only. */
  private static final int SOME_MODULAR_JDK = 17;

  private static final int JDK_THAT_RESTRICTS_NATIVE_ACCESS = 25;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          drain.timout  | 5s      | unknown agent argument 'drain.timout'; known keys:
          drain.timeout | soon    | bad value 'soon' for agent argument 'drain.timeout'; allowed: a time
          unclaimed     | ignore  | bad value 'ignore' for agent argument 'unclaimed'; allowed: fail or drop
          stop.signals  | KILL    | bad value 'KILL' for agent argument 'stop.signals'; allowed: none, or one or more of
          config        | /nope/x | can't read config=/nope/x
          """)
  void wrong_option(String key, String value, String complaint, Servers servers) throws Exception {
    Server server = servers.launch(Apps.HTTPSERVER, Jdks.any()).option(key, value).start();
    assertRunsOnWithoutRestarts(server, complaint);
  }

  @Test
  void wrong_environment_variable(Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.any())
            .environment("GRACEFUL_STOP_TIMEOUT", "-1s")
            .start();
    assertRunsOnWithoutRestarts(
        server, "bad value '-1s' for environment variable 'GRACEFUL_STOP_TIMEOUT'");
  }

  @EachJdk
  void option_that_was_broken_before_the_restart(int jdk, Servers servers) throws Exception {
    Path config = servers.directory().resolve("graceful.properties");
    Files.writeString(config, "drain.timeout = 20s\n");
    Server server =
        servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).option("config", config.toString()).start();
    ProcessId old = server.serving();
    Files.writeString(config, "drain.timeout = twenty\n");
    server.signal(Signal.SIGUSR2);

    server.awaitStderr(
        "the reason",
        line -> line.contains("can't take over: bad value 'twenty'") && line.endsWith("with 70"));
    server.awaitStderr("the failure", line -> line.contains("exited with 70 before it was ready"));
    assertThat(server.greet().pid()).isEqualTo(old.pid());

    Files.writeString(config, "drain.timeout = 10s\n");
    server.restart();
    assertThat(server.greet().pid()).isNotEqualTo(old.pid());
  }

  /** By its name JDK 8 chooses classes of its own, and does not start without them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -Dos.name=Plan9   | 9 | runs on Linux only, this is Plan9
          -Dos.arch=riscv64 | 8 | runs on x86-64 and aarch64 only, this is riscv64
          """)
  void unsupported_machine(String property, int oldestJdk, String complaint, Servers servers)
      throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.any(oldestJdk))
            .jvm(property)
            .notAwaitingAgent()
            .start();
    assertRunsOnAndWarnsOfTheSignal(server, complaint);
  }

  @EachJdk
  void two_agents(int jdk, Servers servers) throws Exception {
    Path copy = servers.directory().resolve("other.jar");
    Files.copy(servers.agentJar(), copy);
    Server server =
        servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).jvm("-javaagent:" + copy).start();
    assertThat(server.stderr())
        .singleElement()
        .asString()
        .contains("on the command line twice: the second -javaagent is ignored, remove it");
    server.restart();
  }

  @EachJdk
  void signals_that_the_jvm_leaves_alone(int jdk, Servers servers) throws Exception {
    Server server = servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).jvm("-Xrs").start();
    server.awaitStderr("SIGTERM", line -> line.matches(".*no graceful stop by SIGTERM.*-Xrs.*"));
    server.awaitStderr("SIGINT", line -> line.matches(".*no graceful stop by SIGINT.*-Xrs.*"));
    server.restart();
  }

  @EachJdk
  void debugger_port_in_an_argument(int jdk, Servers servers) throws Exception {
    int port = FreePort.find();
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(jdk))
            .jvm("-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:" + port)
            .start();
    assertDebuggerPortIsReleased(server, port);
  }

  @EachJdk
  void debugger_port_in_a_variable(int jdk, Servers servers) throws Exception {
    int port = FreePort.find();
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(jdk))
            .environment(
                "JAVA_TOOL_OPTIONS",
                "-Dx=y -agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=" + port)
            .start();
    assertDebuggerPortIsReleased(server, port);
  }

  private static void assertDebuggerPortIsReleased(Server server, int port) {
    server.restart();
    assertThat(server.stderr(line -> line.contains("debugger port")))
        .singleElement()
        .asString()
        .contains("the debugger port " + port + " stays with this process");
    server.restart();
  }

  @EachJdk
  void agent_jar_that_was_deleted(int jdk, Servers servers) throws Exception {
    Path jar = servers.directory().resolve("agent.jar");
    Files.copy(servers.agentJar(), jar);
    Server server = servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).agent(jar).start();
    Files.delete(jar);
    assertRestartFails(server, "exited with 1 before its agent had started");

    Files.copy(servers.agentJar(), jar);
    server.restart();
  }

  @EachJdk
  void agent_jar_that_is_damaged(int jdk, Servers servers) throws Exception {
    Path jar = servers.directory().resolve("agent.jar");
    Files.copy(servers.agentJar(), jar);
    try (FileSystem content = FileSystems.newFileSystem(jar)) {
      Files.delete(content.getPath("inst/io/graceful/agent/Installer.class"));
    }
    Server server =
        servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).agent(jar).notAwaitingAgent().start();
    assertThat(server.stderr())
        .containsExactly(
            "graceful: can't start the agent, the application runs without it:"
                + " java.lang.ClassNotFoundException: io.graceful.agent.Installer; don't send"
                + " SIGUSR2: nothing catches it, and the JVM may crash");
  }

  /** It could serve beside the old one, without an agent that knows of it. */
  @EachJdk
  void agent_jar_that_is_damaged_before_a_restart(int jdk, Servers servers) throws Exception {
    Path jar = servers.directory().resolve("agent.jar");
    Files.copy(servers.agentJar(), jar);
    Server server = servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).agent(jar).start();
    Path damaged = servers.directory().resolve("damaged.jar");
    Files.copy(servers.agentJar(), damaged);
    try (FileSystem content = FileSystems.newFileSystem(damaged)) {
      Files.delete(content.getPath("inst/io/graceful/agent/Installer.class"));
    }
    Files.move(damaged, jar, StandardCopyOption.REPLACE_EXISTING);
    assertRestartFails(server, "exited with 70 before it was ready");
    assertThat(server.stderr())
        .contains(
            "graceful: can't take over: java.lang.ClassNotFoundException:"
                + " io.graceful.agent.Installer; exiting with 70");
  }

  /** Nothing can be read from it any more: what a restart needs must be in memory by then. */
  @EachJdk
  void agent_jar_that_was_overwritten_in_place(int jdk, Servers servers) throws Exception {
    Path jar = servers.directory().resolve("agent.jar");
    Files.copy(servers.agentJar(), jar);
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(jdk))
            .agent(jar)
            .option("log.level", "debug")
            .start();
    server.awaitStderr("all classes are loaded", line -> line.contains("ready for restarts"));
    Files.write(jar, new byte[(int) Files.size(jar)]);
    assertRestartFails(server, "exited with 1 before its agent had started");

    Files.write(jar, Files.readAllBytes(servers.agentJar()));
    server.restart();
  }

  @EachJdk
  void working_directory_that_was_deleted(int jdk, Servers servers) throws Exception {
    Path directory = Files.createDirectories(servers.directory().resolve("gone"));
    Server server =
        servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).workingDirectory(directory).start();
    Files.delete(directory);
    assertRestartFails(
        server, "the working directory " + directory + " was deleted: create it again");

    Files.createDirectories(directory);
    server.restart();
    assertThat(server.view().workingDirectory()).isEqualTo(directory.toString());
  }

  @EachJdk
  void temporary_directory_that_is_missing(int jdk, Servers servers) throws Exception {
    Server server =
        servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).jvm("-Djava.io.tmpdir=/nope").start();
    server.restart();
    assertThat(server.stderr())
        .filteredOn(line -> !line.startsWith("WARNING: java.io.tmpdir")) // By newer JDKs.
        .noneMatch(line -> line.contains("disabled") || line.contains("failed"));
  }

  @Test
  void runtime_without_jdk_unsupported(Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(SOME_MODULAR_JDK))
            .jvm("--limit-modules=java.base,java.instrument,java.logging,jdk.httpserver")
            .start();
    server.awaitStderr(
        "the advice",
        line -> line.contains("SIGTERM") && line.contains("no module jdk.unsupported: add it"));
    server.restart();
  }

  @Test
  void native_access_that_is_denied(Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(JDK_THAT_RESTRICTS_NATIVE_ACCESS))
            .jvm("--illegal-native-access=deny")
            .start();
    assertRunsOnAndWarnsOfTheSignal(server, "add --enable-native-access=ALL-UNNAMED");
  }

  @Test
  void native_access_that_is_denied_and_a_wrong_option(Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(JDK_THAT_RESTRICTS_NATIVE_ACCESS))
            .jvm("--illegal-native-access=deny")
            .option("drain.timout", "5s")
            .start();
    assertRunsOnAndWarnsOfTheSignal(server, "unknown agent argument 'drain.timout'");
    assertThat(server.stderr().get(0)).contains("add --enable-native-access=ALL-UNNAMED");
  }

  @Test
  void native_access_that_is_allowed_to_us(Servers servers) throws Exception {
    Launch launch =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(JDK_THAT_RESTRICTS_NATIVE_ACCESS))
            .jvm("--illegal-native-access=deny", "--enable-native-access=ALL-UNNAMED");
    launch.start().restart();
  }

  @EachJdk
  void server_that_has_bound_nothing(int jdk, Servers servers) throws Exception {
    Server server = servers.launch(Apps.NONE, Jdks.find(jdk)).option("log.level", "debug").start();
    server.awaitStderr("the agent is up", line -> line.contains("ready for restarts"));
    server.signal(Signal.SIGUSR2);
    server.awaitStderr(
        "the reason",
        line -> line.contains("restart failed: there is no listening socket to hand over"));
    assertThat(server.serving().exists()).isTrue();
  }

  private static void assertRunsOnWithoutRestarts(Server server, String complaint)
      throws Exception {
    server.awaitStderr(
        "the complaint",
        line -> line.contains("restarts are disabled") && line.contains(complaint));
    ProcessId serving = server.serving();
    server.signal(Signal.SIGUSR2);
    server.awaitStderr(
        "the refusal", line -> line.contains("restart refused") && line.contains(complaint));
    assertThat(server.greet().pid()).isEqualTo(serving.pid());
  }

  /** In one line. */
  private static void assertRunsOnAndWarnsOfTheSignal(Server server, String complaint)
      throws Exception {
    server.awaitStderr("the complaint", line -> line.contains("restarts are disabled"));
    assertThat(server.greet().pid()).isEqualTo(server.serving().pid());
    assertThat(server.stderr())
        .singleElement()
        .asString()
        .contains(complaint)
        .contains("; don't send SIGUSR2: nothing catches it, and the JVM may crash");
  }

  private static void assertRestartFails(Server server, String reason) throws Exception {
    ProcessId old = server.serving();
    server.signal(Signal.SIGUSR2);
    server.awaitStderr(
        "the reason",
        line ->
            line.contains("restart failed") && line.contains(reason) && line.contains("serving"));
    assertThat(server.greet().pid()).isEqualTo(old.pid());
  }
}
