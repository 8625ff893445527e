package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.ManualClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a script gets of each command, by its exit code and by {@code --json}. */
@ExtendWith(ServersExtension.class)
class JsonIT {

  private static final long NEVER = 999_999_999;

  /** Its path must be short. */
  @TempDir private Path runtimeDirectory;

  private Servers servers;

  @BeforeEach
  void keep(Servers given) {
    servers = given;
  }

  @Test
  void of_what_changes_nothing_for_long() throws Exception {
    Server server = start();
    long pid = server.serving().pid();
    String address = "127.0.0.1:" + server.port();

    JsonObject list = only(run(0, "list"));
    assertThat(list.keySet()).containsExactly("agents");
    assertThat(list.getAsJsonArray("agents"))
        .map(JsonElement::getAsJsonObject)
        .filteredOn(agent -> number(agent, "pid") == pid) // Others' may be there too.
        .singleElement()
        .satisfies(agent -> assertServes(agent, pid, address));

    CommandRun failed = run(1, "takeover", pid, "--", "false");
    assertThat(events(failed)).containsExactly("spawned", "failed");
    String reason = text(failed.json().get(1), "reason");
    assertThat(reason).contains(" exited with 1 before its agent had started");

    JsonObject drained = only(run(0, "drain", pid));
    assertThat(text(drained, "state")).isEqualTo("lame-duck");
    JsonObject refused = only(run(1, "restart", pid));
    assertThat(text(refused, "event")).isEqualTo("refused");
    assertThat(text(refused, "reason")).endsWith("out of service: resume it first");
    assertThat(text(only(run(0, "resume", pid)), "state")).isEqualTo("serving");
    assertThat(text(only(run(1, "resume", pid)), "event")).isEqualTo("refused");

    JsonObject status = only(run(0, "status", pid));
    assertServes(status, pid, address);
    JsonObject outcome = status.getAsJsonArray("restarts").get(0).getAsJsonObject();
    assertThat(outcome.keySet()).containsExactly("at", "pid", "millis", "failure");
    assertThat(number(outcome, "pid")).isEqualTo(number(failed.json().get(0), "pid"));
    assertThat(text(outcome, "failure")).isEqualTo(reason);
    assertThat(number(outcome, "at"))
        .isBetween(number(status, "since"), System.currentTimeMillis());
  }

  private static void assertServes(JsonObject status, long pid, String address) {
    assertThat(text(status, "event")).isEqualTo("status");
    assertThat(number(status, "pid")).isEqualTo(pid);
    assertThat(number(status, "generation")).isEqualTo(1);
    assertThat(text(status, "state")).isEqualTo("serving");
    assertThat(text(status, "program")).endsWith("app.jar");
    assertThat(text(status, "agent")).isNotEmpty();
    assertThat(number(status, "since")).isLessThan(System.currentTimeMillis());
    assertThat(status.getAsJsonArray("listeners"))
        .map(JsonElement::getAsString)
        .containsExactly(address);
    JsonObject connections = status.getAsJsonObject("connections");
    assertThat(connections.keySet()).containsExactly("busy", "idle", "relayed");
    assertThat(connections.entrySet()).allMatch(each -> each.getValue().getAsInt() == 0);
  }

  @Test
  void of_restarts_and_of_the_end() throws Exception {
    Server server = start();
    ProcessId old = server.serving();
    List<Object> command = new ArrayList<>(List.of("takeover", old.pid(), "--hold", "--"));
    command.addAll(server.view().arguments());

    CommandRun hold = run(0, "restart", old.pid(), "--hold");
    assertThat(events(hold))
        .containsExactly("spawned", "agent-started", "claimed", "accepting", "held");
    long held = number(hold.json().get(0), "pid");
    assertThat(number(hold.json().get(4), "pid")).isEqualTo(held);
    JsonObject claimed = hold.json().get(2);
    assertThat(text(claimed, "listener")).isEqualTo("127.0.0.1:" + server.port());
    assertThat(number(claimed, "claimed")).isEqualTo(1);
    assertThat(number(claimed, "all")).isEqualTo(1);
    JsonObject status = only(run(0, "status", old.pid()));
    assertThat(text(status, "state")).isEqualTo("held");
    assertThat(number(status, "successor")).isEqualTo(held);
    assertThat(text(only(run(0, "abort", old.pid())), "event")).isEqualTo("aborted");
    server.awaitStderr("its end", line -> line.endsWith("]: pid " + held + " exited with 70"));
    assertThat(text(only(run(1, "abort", old.pid())), "event")).isEqualTo("refused");
    assertThat(text(only(run(1, "commit", old.pid())), "event")).isEqualTo("refused");

    CommandRun takeover = run(0, command.toArray());
    assertThat(events(takeover))
        .containsExactly("spawned", "agent-started", "claimed", "accepting", "held");
    CommandRun commit = run(0, "commit", old.pid());
    assertThat(events(commit)).startsWith("handed-over").endsWith("done");
    long second = number(commit.json().get(0), "pid");
    assertThat(second).isEqualTo(number(takeover.json().get(0), "pid"));
    server.awaitAnswerBy(awaitSocket(server, second));

    CommandRun restart = run(0, "restart", second);
    assertThat(events(restart))
        .startsWith("spawned", "agent-started", "claimed", "accepting", "handed-over")
        .endsWith("done");
    long third = number(restart.json().get(0), "pid");
    ProcessId last = awaitSocket(server, third);
    try (ManualClient client = ManualClient.connect(server.endpoint())) {
      client.send("/slow?ms=1500");
      CommandRun stop = run(0, "stop", third);
      assertThat(events(stop)).startsWith("draining").endsWith("done");
      assertThat(number(stop.json().get(0), "left")).isEqualTo(1);
      assertThat(number(stop.json().get(0), "moved")).isZero();
    }
    assertThat(server.awaitExit(last, Server.LIMIT)).hasValue(143);
  }

  @Test
  void of_attach() throws Exception {
    Server server =
        servers
            .launchWithoutAgent(Apps.HTTPSERVER, Jdks.any())
            .environment("XDG_RUNTIME_DIR", runtimeDirectory.toString())
            .start();
    long pid = server.serving().pid();

    assertServes(only(run(0, "attach", pid)), pid, "127.0.0.1:" + server.port());
  }

  @Test
  void where_there_is_no_such_process_each_command_ends_with_3() throws Exception {
    List<Object> takeover = List.of("takeover", NEVER, "--", "java");
    for (String command :
        List.of("status", "restart", "commit", "abort", "drain", "resume", "stop", "attach")) {
      assertNoAgent(run(3, command, NEVER));
    }
    assertNoAgent(run(3, takeover.toArray()));
  }

  private static void assertNoAgent(CommandRun run) throws Exception {
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).containsExactly("graceful: there is no process " + NEVER);
  }

  private Server start() throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.any())
            .option("soak", "200ms")
            .environment("XDG_RUNTIME_DIR", runtimeDirectory.toString())
            .start();
    ControlSocket.await(runtimeDirectory, server.serving());
    return server;
  }

  private ProcessId awaitSocket(Server server, long pid) {
    ProcessId process = server.family().member(pid).orElseThrow();
    ControlSocket.await(runtimeDirectory, process);
    return process;
  }

  /** With --json. */
  private CommandRun run(int status, Object... arguments) throws Exception {
    List<Object> words = new ArrayList<>(List.of(arguments));
    words.add(1, "--json");
    CommandRun run =
        CommandRun.run(Jdks.any(), servers.agentJar(), runtimeDirectory, words.toArray());
    assertThat(run.status()).as("%s: %s, %s", words, run.out(), run.err()).isEqualTo(status);
    if (status == 0 && !words.contains("list")) { // Which tells of others' that end meanwhile.
      assertThat(run.err()).isEmpty();
    }
    return run;
  }

  private static JsonObject only(CommandRun run) throws Exception {
    assertThat(run.json()).hasSize(1);
    return run.json().get(0);
  }

  private static List<String> events(CommandRun run) throws Exception {
    return run.json().stream().map(event -> text(event, "event")).toList();
  }

  private static String text(JsonObject object, String name) {
    return object.get(name).getAsString();
  }

  private static long number(JsonObject object, String name) {
    return object.get(name).getAsLong();
  }
}
