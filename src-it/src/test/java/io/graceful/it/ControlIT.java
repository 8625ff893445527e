package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.Load;
import io.graceful.it.load.ManualClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import jnr.constants.platform.Signal;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the jar, in a process of their own, and the socket that they speak to. */
@ExtendWith(ServersExtension.class)
class ControlIT {

  /** Of this test alone, so that agents of others are out of sight; its path must be short. */
  @TempDir private Path runtimeDirectory;

  @EachJdk
  void lists_and_describes_what_runs(int jdk, Servers servers) throws Exception {
    Server server = launch(Jdks.find(jdk), servers).start();
    long pid = server.serving().pid();
    Path socket = awaitSocket(server.serving());

    CommandRun list = run(Jdks.find(jdk), servers, "list");
    assertThat(list.status()).isZero();
    assertThat(list.err()).isEmpty();
    assertThat(list.out().get(0)).startsWith("PID ");
    assertThat(list.out()) // Agents of other tests may be there too.
        .filteredOn(line -> line.startsWith(pid + " "))
        .singleElement()
        .asString()
        .contains(" serving ", "app.jar")
        .endsWith(" 127.0.0.1:" + server.port());

    Path pidfile = Files.writeString(runtimeDirectory.resolve("app.pid"), pid + "\n");
    CommandRun status = run(Jdks.find(jdk), servers, "status", pidfile);
    assertThat(status.status()).isZero();
    assertThat(status.err()).isEmpty();
    assertThat(status.out())
        .contains("pid          " + pid, "generation   1", "state        serving")
        .contains("connections  0 busy, 0 idle, 0 relayed");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
        .isEqualTo("rwx------");
    server.signal(Signal.SIGTERM);
    server.awaitExit(server.serving(), Server.LIMIT);
    assertThat(socket).doesNotExist();
    CommandRun none = run(Jdks.find(jdk), servers, "status", pid);
    assertThat(none.status()).isEqualTo(3);
    assertThat(none.err()).containsExactly("graceful: there is no process " + pid);
    Generations.assertQuiet(server);
  }

  /** script(1) is a terminal to what it runs. */
  @Test
  void colours_show_on_a_terminal_and_nowhere_else(Servers servers) throws Exception {
    Server server = launch(Jdks.any(), servers).start();
    awaitSocket(server.serving());
    String list = Jdks.any().java() + " -jar " + servers.agentJar() + " list";

    assertThat(onTerminal(list, ""))
        .contains("\u001b[1mPID ", " \u001b[32mserving\u001b[0m ", "127.0.0.1:" + server.port());
    assertThat(onTerminal(list, "1")).contains(" serving ").doesNotContain("\u001b");
    assertThat(run(Jdks.any(), servers, "list").out()).noneMatch(line -> line.contains("\u001b"));
  }

  private String onTerminal(String command, String noColor) throws Exception {
    Path output = Files.createTempFile(runtimeDirectory, "terminal", ".out");
    ProcessBuilder builder = new ProcessBuilder("script", "-qec", command, "/dev/null");
    builder.environment().put("XDG_RUNTIME_DIR", runtimeDirectory.toString());
    builder.environment().put("TERM", "xterm");
    builder.environment().put("NO_COLOR", noColor);
    List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")
        .forEach(builder.environment()::remove);
    Process process =
        builder
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(Server.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return Files.readString(output);
  }

  @EachJdk
  void a_restart_ends_with_0_when_the_new_process_serves(int jdk, Servers servers)
      throws Exception {
    Server server = launch(Jdks.find(jdk), servers).start();
    ProcessId old = server.serving();
    Load load = Loads.startWithKeepAlive(server);
    awaitSocket(old);

    CommandRun restart = run(Jdks.find(jdk), servers, "restart", old.pid());
    assertThat(restart.status()).as("%s", restart.err()).isZero();
    assertThat(restart.err()).isEmpty();
    assertThat(server.greet().generation()).isEqualTo(2);
    long pid = server.greet().pid();
    assertThat(restart.out())
        .startsWith(
            "started pid " + pid,
            "its agent runs, the application starts",
            "it has bound 127.0.0.1:" + server.port() + " (1 of 1)",
            "it accepts",
            "handed over, pid " + old.pid() + " drains")
        .endsWith("done: pid " + old.pid() + " has ended, pid " + pid + " serves");
    assertThat(restart.out().get(restart.out().size() - 2))
        .matches("drained, ([6-9]\\d|\\d{3}) connections moved: pid " + old.pid() + " exits");
    assertThat(old.exists() && !old.isZombie()).as("old process runs").isFalse();
    Loads.assertNothingFailed(load.stop());
    Generations.assertQuiet(server);

    awaitSocket(server.family().member(pid).orElseThrow());
    CommandRun status = run(Jdks.find(jdk), servers, "status", pid);
    assertThat(status.out()).contains("generation   2");
    assertThat(status.out().get(status.out().size() - 1)).contains("  pid " + pid + " took over");
  }

  @Test
  void a_restart_that_fails_ends_with_1_and_says_why(Servers servers) throws Exception {
    Server server = launch(Jdks.any(), servers).with("exit-from", 2).with("exit-code", 3).start();
    ProcessId old = server.serving();
    awaitSocket(old);

    CommandRun restart = run(Jdks.any(), servers, "restart", old.pid());
    assertThat(restart.status()).isEqualTo(1);
    assertThat(restart.err().get(0))
        .matches(
            "graceful: restart failed: pid \\d+ exited with 3 before it was ready; pid "
                + old.pid()
                + " serves");
    assertThat(restart.err().get(1))
        .isEqualTo(
            "graceful: the last lines of its stderr, "
                + server.directory().resolve("stderr.log").toRealPath()
                + ":");
    List<String> tail =
        restart.err().subList(2, restart.err().size()).stream().map(String::strip).toList();
    assertThat(server.stderr()).containsAll(tail);
    assertThat(tail).anyMatch(line -> !line.startsWith("graceful["));
    assertThat(server.greet().pid()).isEqualTo(old.pid());

    CommandRun json = run(Jdks.any(), servers, "restart", old.pid(), "--json");
    assertThat(json.status()).isEqualTo(1);
    assertThat(json.out()).first().asString().startsWith("{\"event\":\"spawned\",\"pid\":");
    assertThat(json.out()).last().asString().startsWith("{\"event\":\"failed\",\"reason\":\"pid ");
  }

  @Test
  void a_held_restart_is_committed_or_taken_back(Servers servers) throws Exception {
    Server server = launch(Jdks.any(), servers).start();
    ProcessId old = server.serving();
    Load load = Loads.startWithKeepAlive(server);
    awaitSocket(old);

    CommandRun first = run(Jdks.any(), servers, "restart", old.pid(), "--hold");
    assertThat(first.status()).isZero();
    assertThat(first.out()).last().asString().contains("is ready, and both serve");
    awaitAnswersBy(server, 2);
    CommandRun refused = run(Jdks.any(), servers, "restart", old.pid());
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err())
        .containsExactly(
            "graceful: refused by pid " + old.pid() + ": one is held: commit it, or abort it");
    CommandRun abort = run(Jdks.any(), servers, "abort", old.pid());
    assertThat(abort.status()).isZero();
    assertThat(abort.out()).containsExactly("taken back: pid " + old.pid() + " serves on");
    Await.until("the end of the held one", Server.LIMIT, () -> server.family().alive().size() == 1);
    assertThat(server.greet().pid()).isEqualTo(old.pid());
    CommandRun late = run(Jdks.any(), servers, "commit", old.pid());
    assertThat(late.status()).isEqualTo(1);
    assertThat(late.err())
        .containsExactly("graceful: refused by pid " + old.pid() + ": no restart is under way");

    assertThat(run(Jdks.any(), servers, "restart", old.pid(), "--hold").status()).isZero();
    awaitAnswersBy(server, 2);
    CommandRun commit = run(Jdks.any(), servers, "commit", old.pid());
    assertThat(commit.status()).isZero();
    assertThat(commit.out()).last().asString().startsWith("done: pid " + old.pid());
    server.awaitExit(old, Server.LIMIT);
    assertThat(server.greet().generation()).isEqualTo(3);
    Loads.assertNothingFailed(load.stop());
  }

  @Test
  void a_held_one_serves_alone_when_the_old_one_dies(Servers servers) throws Exception {
    Server server = launch(Jdks.any(), servers).start();
    ProcessId old = server.serving();
    awaitSocket(old);
    assertThat(run(Jdks.any(), servers, "restart", old.pid(), "--hold").status()).isZero();

    old.signal(Signal.SIGKILL);
    server.awaitExit(old, Server.LIMIT);
    server.awaitStderr(
        "the news",
        line -> line.endsWith(old.pid() + " died while handing over; this process goes on alone"));
    server.awaitStderr("the end", line -> line.contains("generation 2 serves on"));
    assertThat(server.greet().generation()).isEqualTo(2);
    ProcessId held = server.family().member(server.greet().pid()).orElseThrow();
    awaitSocket(held);
    CommandRun restart = run(Jdks.any(), servers, "restart", held.pid());
    assertThat(restart.status()).as("%s", restart.err()).isZero();
    assertThat(server.greet().generation()).isEqualTo(3);
  }

  @Test
  void out_of_service_and_back_and_stopped(Servers servers) throws Exception {
    Server server = launch(Jdks.any(), servers).start();
    ProcessId process = server.serving();
    awaitSocket(process);
    String address = "127.0.0.1:" + server.port();
    try (ManualClient open = ManualClient.connect(server.endpoint())) {
      Exchanges.askWho(open, 1);

      CommandRun drain = run(Jdks.any(), servers, "drain", process.pid());
      assertThat(drain.status()).as("%s", drain.err()).isZero();
      assertThat(drain.out())
          .singleElement()
          .asString()
          .matches(
              "out of service: no longer accepting on "
                  + address
                  + "; open connections go on: (1 busy, 0|0 busy, 1) idle");
      assertThatThrownBy(server::greet).hasMessageContaining("refused");
      Exchanges.askWho(open, 2);
      assertThat(run(Jdks.any(), servers, "status", process.pid()).out())
          .contains("state        lame-duck");
      CommandRun restart = run(Jdks.any(), servers, "restart", process.pid());
      assertThat(restart.status()).isEqualTo(1);
      assertThat(restart.err())
          .containsExactly(
              "graceful: refused by pid "
                  + process.pid()
                  + ": this process is out of service: resume it first");

      CommandRun resume = run(Jdks.any(), servers, "resume", process.pid());
      assertThat(resume.status()).isZero();
      assertThat(resume.out()).containsExactly("in service: accepting on " + address);
      assertThat(server.greet().pid()).isEqualTo(process.pid());
      assertThat(run(Jdks.any(), servers, "resume", process.pid()).status()).isEqualTo(1);

      open.send("/slow?ms=1500");
      CommandRun stop = run(Jdks.any(), servers, "stop", process.pid());
      assertThat(stop.status()).isZero();
      assertThat(stop.out()).first().isEqualTo("stopping: 1 left");
      assertThat(stop.out()).last().isEqualTo("stopped: pid " + process.pid() + " has ended");
      assertThat(open.receiveGreeting().pid()).isEqualTo(process.pid());
    }
    assertThat(server.awaitExit(process, Server.LIMIT)).hasValue(143);
    assertThat(server.stops()).containsExactly(process.pid());
  }

  @Test
  void an_operator_who_leaves_does_not_end_the_restart(Servers servers) throws Exception {
    Server server = launch(Jdks.any(), servers).with("slow-start", 1_500).start();
    ProcessId old = server.serving();
    awaitSocket(old);
    try (CommandRun restart = start(Jdks.any(), servers, "restart", old.pid())) {
      Await.until("the first line", Server.LIMIT, () -> !lines(restart).isEmpty());
    }
    server.awaitExit(old, Server.LIMIT);
    assertThat(server.greet().generation()).isEqualTo(2);
  }

  @Test
  void a_socket_that_a_killed_process_left_is_removed(Servers servers) throws Exception {
    Server server = launch(Jdks.any(), servers).start();
    Path left = awaitSocket(server.serving());
    server.signal(Signal.SIGKILL);
    server.awaitExit(server.serving(), Server.LIMIT);
    assertThat(left).exists();

    CommandRun list = run(Jdks.any(), servers, "list");
    assertThat(list.status()).isZero();
    assertThat(list.out()).noneMatch(line -> line.startsWith(server.serving().pid() + " "));
    assertThat(left).doesNotExist();
  }

  @Test
  void one_that_is_stopped_holds_up_nobody(Servers servers) throws Exception {
    Server stopped = launch(Jdks.any(), servers).start();
    long pid = stopped.serving().pid();
    Path socket = awaitSocket(stopped.serving());
    String silent =
        "pid " + pid + " does not answer: its process is stopped (then kill -CONT " + pid + ") or";
    List<SocketChannel> waiting = new ArrayList<>();
    stopped.signal(Signal.SIGSTOP);
    try {
      fillQueue(socket, waiting);

      CommandRun status = run(Jdks.any(), servers, "status", pid);
      assertThat(status.status()).isEqualTo(1);
      assertThat(status.err()).containsExactly("graceful: " + silent + " hangs");
      Server other = launch(Jdks.any(), servers).start();
      awaitSocket(other.serving());
      CommandRun list = run(Jdks.any(), servers, "list");
      assertThat(list.err())
          .contains("graceful: pid " + pid + " is not listed: " + silent + " hangs");
      assertThat(list.out()).anyMatch(line -> line.startsWith(other.serving().pid() + " "));
    } finally {
      stopped.signal(Signal.SIGCONT);
      for (SocketChannel client : waiting) {
        client.close();
      }
    }
    assertThat(run(Jdks.any(), servers, "status", pid).status()).isZero();
  }

  /** Of an agent that does not accept: until the next one would wait (unix(7)). */
  private static void fillQueue(Path socket, List<SocketChannel> waiting) throws IOException {
    try {
      while (true) {
        SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
        waiting.add(client);
        client.configureBlocking(false);
        client.connect(UnixDomainSocketAddress.of(socket));
      }
    } catch (SocketException unavailable) {
      assertThat(waiting).hasSizeGreaterThan(1);
    }
  }

  @Test
  void the_protocol_is_what_the_documentation_says(Servers servers) throws Exception {
    Server server = launch(Jdks.any(), servers).start();
    Path socket = awaitSocket(server.serving());

    assertThat(ask(socket, "{\"version\":1,\"command\":\"status\"}"))
        .startsWith("{\"event\":\"status\",\"pid\":" + server.serving().pid() + ",")
        .contains("\"generation\":1,\"state\":\"serving\"")
        .endsWith("\"restarts\":[]}\n");
    assertThat(ask(socket, "{\"version\":2,\"command\":\"status\"}"))
        .startsWith("{\"event\":\"refused\",\"reason\":\"this agent speaks version 1 ");
    assertThat(ask(socket, "{\"version\":1,\"command\":\"explode\"}"))
        .contains("knows no command 'explode'");
    assertThat(ask(socket, "status")).contains("the request is not one JSON object");
    assertThat(ask(socket, "{\"version\":1,\"command\":\"restart\",\"timeout\":\"3x\"}"))
        .contains("the timeout is '3x', allowed is ");
    assertThat(server.greet().generation()).isEqualTo(1);
  }

  @Test
  void a_directory_that_others_can_enter_is_not_used(Servers servers) throws Exception {
    Files.createDirectory(
        runtimeDirectory.resolve("graceful"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Files.setPosixFilePermissions(
        runtimeDirectory.resolve("graceful"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Server server = launch(Jdks.any(), servers).start();

    assertThat(server.awaitStderr("the reason", line -> line.contains("no control socket")))
        .isEqualTo(
            "graceful["
                + server.serving().pid()
                + "]: no control socket, signals work all the same: others may enter "
                + runtimeDirectory.resolve("graceful")
                + " (mode 755): chmod 700 it");
    server.restart();
    assertThat(server.greet().generation()).isEqualTo(2);
  }

  @Test
  void there_is_none_where_it_is_switched_off(Servers servers) throws Exception {
    Server server = launch(Jdks.any(), servers).option("control", "off").start();
    server.restart();
    Thread.sleep(1_000); // Twice the time after which it would be there.

    assertThat(runtimeDirectory.resolve("graceful")).doesNotExist();
    assertThat(run(Jdks.any(), servers, "restart", server.serving().pid()).status()).isEqualTo(3);
    Generations.assertQuiet(server);
  }

  private Launch launch(Jdk jdk, Servers servers) throws IOException {
    return servers
        .launch(Apps.HTTPSERVER, jdk)
        .option("soak", "200ms")
        .environment("XDG_RUNTIME_DIR", runtimeDirectory.toString());
  }

  private Path awaitSocket(ProcessId process) {
    return ControlSocket.await(runtimeDirectory, process);
  }

  private CommandRun start(Jdk jdk, Servers servers, Object... arguments) throws IOException {
    return CommandRun.start(jdk, servers.agentJar(), runtimeDirectory, arguments);
  }

  /** To its end. */
  private CommandRun run(Jdk jdk, Servers servers, Object... arguments) throws Exception {
    return CommandRun.run(jdk, servers.agentJar(), runtimeDirectory, arguments);
  }

  private static List<String> lines(CommandRun run) {
    try {
      return run.out();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Both share one accept queue, so each gets some. */
  private static void awaitAnswersBy(Server server, int processes) {
    Set<Long> pids = new HashSet<>();
    Await.until(
        "answers by " + processes + " processes",
        Server.LIMIT,
        () -> {
          try {
            pids.add(server.greet().pid());
          } catch (Exception failure) {
            throw new AssertionError(failure);
          }
          return pids.size() >= processes;
        });
  }

  /** Not with the client that is in the jar. */
  private static String ask(Path socket, String request) throws IOException {
    try (UnixSocketChannel channel =
        UnixSocketChannel.open(new UnixSocketAddress(socket.toFile()))) {
      channel.write(StandardCharsets.UTF_8.encode(request + "\n"));
      ByteBuffer answer = ByteBuffer.allocate(65_536);
      while (channel.read(answer) >= 0) {
        // Until it hangs up.
      }
      answer.flip();
      return StandardCharsets.UTF_8.decode(answer).toString();
    }
  }
}
