package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.jvm.ProcessView;
import io.graceful.it.load.Load;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A new process that has another command line takes over as any other. */
@ExtendWith(ServersExtension.class)
class TakeoverIT {

  /** Its path must be short. */
  @TempDir private Path runtimeDirectory;

  @Test
  void another_jdk_and_another_directory_and_later_the_same_again(Servers servers)
      throws Exception {
    Server server = launch(Jdks.find(17), servers).start();
    ProcessId old = server.serving();
    Load load = Loads.startWithKeepAlive(server);
    Path release = Files.createDirectory(runtimeDirectory.resolve("release 2"));
    List<String> arguments = new ArrayList<>(server.view().arguments());
    Jdk newer = Jdks.find(25);
    arguments.set(0, newer.java().toString());
    arguments.add(1, "-Drelease=2");

    CommandRun takeover =
        run(servers, old, List.of("--cwd", release, "--"), List.copyOf(arguments));
    assertThat(takeover.status()).as("%s", takeover.err()).isZero();
    server.awaitExit(old, Server.LIMIT);
    ProcessView second = viewOfTheOneThatServes(server);
    assertThat(second.arguments()).isEqualTo(arguments);
    assertThat(second.workingDirectory()).isEqualTo(release.toRealPath().toString());
    List<String> environment = second.environment();
    assertThat(environment)
        .contains("PWD=" + release)
        .contains("XDG_RUNTIME_DIR=" + runtimeDirectory);

    ProcessId successor = server.family().member(server.greet().pid()).orElseThrow();
    ControlSocket.await(runtimeDirectory, successor);
    CommandRun restart =
        CommandRun.run(newer, servers.agentJar(), runtimeDirectory, "restart", successor.pid());
    assertThat(restart.status()).as("%s", restart.err()).isZero();
    server.awaitExit(successor, Server.LIMIT);
    assertThat(server.greet().generation()).isEqualTo(3);
    ProcessView third = viewOfTheOneThatServes(server);
    assertThat(third.arguments()).isEqualTo(arguments);
    assertThat(third.environment()).isEqualTo(environment);
    assertThat(third.workingDirectory()).isEqualTo(release.toRealPath().toString());
    Loads.assertNothingFailed(load.stop());
    Generations.assertQuiet(server);
  }

  @Test
  void what_is_no_successor_changes_nothing(Servers servers) throws Exception {
    Server server = launch(Jdks.any(), servers).start();
    ProcessId old = server.serving();

    CommandRun missing = run(servers, old, List.of("--"), List.of("/no/such/java", "-version"));
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.err())
        .containsExactly(
            "graceful: restart failed: /no/such/java does not exist; pid " + old.pid() + " serves");
    CommandRun unknown = run(servers, old, List.of("--"), List.of("nosuchjava"));
    assertThat(unknown.err())
        .containsExactly(
            "graceful: restart failed: there is no nosuchjava in the PATH of this process; pid "
                + old.pid()
                + " serves");
    CommandRun other = run(servers, old, List.of("--"), List.of("false"));
    assertThat(other.status()).isEqualTo(1);
    assertThat(other.err())
        .first()
        .asString()
        .contains(
            " exited with 1 before its agent had started: is the -javaagent on its command line?; ");
    List<String> without = new ArrayList<>(server.view().arguments());
    without.removeIf(argument -> argument.startsWith("-javaagent:"));
    CommandRun noAgent = run(servers, old, List.of("--"), without);
    assertThat(noAgent.status()).isEqualTo(1);
    assertThat(noAgent.err()).first().asString().contains("is the -javaagent on its command line?");
    CommandRun nothing = run(servers, old, List.of(), List.of());
    assertThat(nothing.status()).isEqualTo(2);
    assertThat(nothing.err())
        .containsExactly(
            "graceful: Missing required parameter: 'COMMAND'; see java -jar graceful.jar takeover --help");
    CommandRun nowhere = run(servers, old, List.of("--cwd", "/no/where", "--"), List.of("true"));
    assertThat(nowhere.status()).isEqualTo(2);
    assertThat(server.greet().pid()).isEqualTo(old.pid());
    assertThat(server.family().alive()).containsExactly(old);
  }

  private Launch launch(Jdk jdk, Servers servers) throws IOException {
    return servers
        .launch(Apps.HTTPSERVER, jdk)
        .option("soak", "200ms")
        .environment("XDG_RUNTIME_DIR", runtimeDirectory.toString());
  }

  private CommandRun run(Servers servers, ProcessId old, List<?> options, List<String> command)
      throws Exception {
    ControlSocket.await(runtimeDirectory, old);
    List<Object> arguments = new ArrayList<>(List.of("takeover", old.pid()));
    arguments.addAll(options);
    arguments.addAll(command);
    return CommandRun.run(Jdks.any(), servers.agentJar(), runtimeDirectory, arguments.toArray());
  }

  private static ProcessView viewOfTheOneThatServes(Server server) throws Exception {
    return ProcessView.of(server.greet().pid());
  }
}
