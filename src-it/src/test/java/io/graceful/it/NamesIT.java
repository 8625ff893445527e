package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.ManualClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Commands that name a server by its jar. */
@ExtendWith(ServersExtension.class)
class NamesIT {

  /** Its path must be short. */
  @TempDir private Path runtimeDirectory;

  private App app;

  /** No other server on this machine has that name. */
  private String name;

  @BeforeEach
  void nameApp() throws IOException {
    Path target = runtimeDirectory.resolve("target");
    Files.createSymbolicLink(target, Apps.HTTPSERVER.jar().getParent());
    app = App.http("named", runtimeDirectory.toString(), 17, "httpserver");
    name = runtimeDirectory.getParent().relativize(target.resolve("app.jar")).toString();
  }

  @Test
  void mean_the_old_process_until_it_has_handed_over_and_then_the_new_one(Servers servers)
      throws Exception {
    Server server = launch(servers).start();
    ProcessId old = server.serving();
    ControlSocket.await(runtimeDirectory, old);

    hold(servers, server);
    CommandRun status = run(servers, "status", name);
    assertThat(status.status()).as("%s", status.err()).isZero();
    assertThat(status.out()).contains("pid          " + old.pid(), "state        held");
    CommandRun abort = run(servers, "abort", name);
    assertThat(abort.status()).as("%s", abort.err()).isZero();
    assertThat(abort.out()).containsExactly("taken back: pid " + old.pid() + " serves on");
    Await.until("the end of the held one", Server.LIMIT, () -> server.family().alive().size() == 1);

    try (ManualClient client = ManualClient.connect(server.endpoint())) {
      assertThat(Exchanges.askWho(client, 1)).isEqualTo(old.pid());
      ProcessId held = hold(servers, server);
      client.sendText("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n1");
      try (CommandRun commit =
          CommandRun.start(Jdks.any(), servers.agentJar(), runtimeDirectory, "commit", name)) {
        server.awaitStderr("the handover", line -> line.contains("]: handed over to pid "));
        assertMeansTheNewOne(servers, old, held);
        client.sendText("2"); // What the old one has waited for.
        assertThat(client.receive()).isNotEmpty();
        client.close();
        assertThat(commit.status()).as("%s", commit.err()).isZero();
      }
    }
  }

  /** Returns when the held one is in sight too. */
  private ProcessId hold(Servers servers, Server server) throws Exception {
    int starts = server.starts().size();
    CommandRun hold = run(servers, "restart", name, "--hold");
    assertThat(hold.status()).as("%s", hold.err()).isZero();
    ProcessId held = server.family().member(server.starts().get(starts)).orElseThrow();
    ControlSocket.await(runtimeDirectory, held);
    return held;
  }

  private void assertMeansTheNewOne(Servers servers, ProcessId old, ProcessId held)
      throws Exception {
    CommandRun status = run(servers, "status", name);
    assertThat(status.err()).isEmpty();
    assertThat(status.out()).contains("pid          " + held.pid());
    CommandRun restart = run(servers, "restart", name);
    assertThat(restart.status()).isEqualTo(1);
    assertThat(restart.err())
        .containsExactly(
            "graceful: refused by pid "
                + held.pid()
                + ": this process has just taken over, and pid "
                + old.pid()
                + " has not ended yet: try again then");
  }

  @Test
  void are_refused_where_they_mean_several_or_nobody(Servers servers) throws Exception {
    Server one = launch(servers).start();
    Server other = launch(servers).start();
    ControlSocket.await(runtimeDirectory, one.serving());
    ControlSocket.await(runtimeDirectory, other.serving());
    List<Long> pids = Stream.of(one.serving().pid(), other.serving().pid()).sorted().toList();

    CommandRun several = run(servers, "drain", name);
    assertThat(several.status()).isEqualTo(3);
    assertThat(several.err())
        .containsExactly(
            "graceful: several run '"
                + name
                + "', say which: pid "
                + pids.get(0)
                + ", "
                + pids.get(1));
    CommandRun nobody = run(servers, "drain", "x" + name);
    assertThat(nobody.status()).isEqualTo(3);
    assertThat(nobody.err())
        .containsExactly(
            "graceful: no agent of yours runs 'x"
                + name
                + "', and it is no pid and no file that holds one");
    assertThat(one.greet().pid()).isEqualTo(one.serving().pid());
    assertThat(other.greet().pid()).isEqualTo(other.serving().pid());
  }

  @Test
  void are_found_beside_agents_that_do_not_tell_theirs(Servers servers) throws Exception {
    Server server = launch(servers).start();
    ControlSocket.await(runtimeDirectory, server.serving());
    try (OtherAgent odd = OtherAgent.refusing(runtimeDirectory.resolve("graceful"))) {
      CommandRun status = run(servers, "status", name);
      assertThat(status.status()).as("%s", status.err()).isZero();
      assertThat(status.err()).isEmpty();
      assertThat(odd.requests()).isEqualTo(1);

      assertThat(run(servers, "status", "x" + name).status()).isEqualTo(3);
    }
  }

  private Launch launch(Servers servers) throws IOException {
    return servers
        .launch(app, Jdks.any())
        .option("soak", "200ms")
        .environment("XDG_RUNTIME_DIR", runtimeDirectory.toString());
  }

  private CommandRun run(Servers servers, Object... arguments) throws Exception {
    return CommandRun.run(Jdks.any(), servers.agentJar(), runtimeDirectory, arguments);
  }
}
