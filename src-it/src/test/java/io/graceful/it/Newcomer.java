package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Server;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.jvm.ProcessView;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A process that this one, as a supervisor would, starts beside a server to take over from it. Its
 * lines are in the server's logs; it ends with the server at the latest.
 */
final class Newcomer {

  private final Server server;
  private final Process process;

  private Newcomer(Server server, Process process) {
    this.server = server;
    this.process = process;
  }

  /** With the command line of the one that serves. */
  static Newcomer start(Server server) throws IOException {
    return start(server, server.view().arguments());
  }

  static Newcomer start(Server server, List<String> command) throws IOException {
    return start(server, command, name -> true);
  }

  /** Without what a service manager tells the processes that it starts. */
  static Newcomer startFromOutside(Server server, List<String> command) throws IOException {
    return start(
        server, command, name -> !name.matches("NOTIFY_SOCKET|WATCHDOG_.*|FDSTORE|LISTEN_.*"));
  }

  private static Newcomer start(Server server, List<String> command, Predicate<String> wanted)
      throws IOException {
    ProcessView old = server.view();
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.clear();
    for (String variable : old.environment()) {
      int equals = variable.indexOf('=');
      if (wanted.test(variable.substring(0, equals))) {
        environment.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    builder.directory(new File(old.workingDirectory()));
    builder.redirectOutput(Redirect.appendTo(server.directory().resolve("stdout.log").toFile()));
    builder.redirectError(Redirect.appendTo(server.directory().resolve("stderr.log").toFile()));
    return new Newcomer(server, server.family().startBeside(builder));
  }

  /** The server's command line, with another value of the option takeover, or with one. */
  static List<String> commandOf(Server server, Object target) {
    List<String> command = new ArrayList<>();
    for (String argument : server.view().arguments()) {
      command.add(argument.startsWith("-javaagent:") ? withTarget(argument, target) : argument);
    }
    return command;
  }

  private static String withTarget(String agent, Object target) {
    String others = agent.replaceFirst(",?takeover=[^,]*", "");
    return others + (others.contains("=") ? "," : "=") + "takeover=" + target;
  }

  long pid() {
    return process.pid();
  }

  ProcessId id() {
    return ProcessId.of(process.pid()).orElseThrow();
  }

  /** Waits until it serves. */
  void awaitAnswer() {
    server.awaitAnswerBy(id());
  }

  /** Waits for its end. */
  int status() throws InterruptedException {
    assertThat(process.waitFor(Server.LIMIT.toSeconds(), TimeUnit.SECONDS))
        .as("pid %d has ended", process.pid())
        .isTrue();
    return process.exitValue();
  }

  /** Waits for its end, and asserts that it left because it could not take over. */
  void assertRefused(String reason) throws InterruptedException {
    assertThat(status()).as("%s", server.stderr()).isEqualTo(70);
    assertThat(server.stderr(line -> line.startsWith("graceful[" + pid() + "]: ")))
        .containsExactly(
            "graceful[" + pid() + "]: can't take over: " + reason + "; exiting with 70");
  }
}
