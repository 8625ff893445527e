package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.jvm.ProcessView;
import io.graceful.it.load.Load;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Where a server under {@code run} comes from, and what it and {@code run} are started with. */
@ExtendWith(ServersExtension.class)
class SupervisedOriginsIT {

  private static final String QUICK = "soak=300ms";

  @TempDir private Path runtimeDirectory;

  @Test
  void after_a_crash_it_is_started_in_the_directory_to_which_the_link_leads_then(Servers servers)
      throws Exception {
    Path first = Files.createDirectories(servers.directory().resolve("releases/1"));
    Path second = Files.createDirectories(servers.directory().resolve("releases/2"));
    Path current = Files.createSymbolicLink(servers.directory().resolve("current"), first);
    Server server = Supervised.launch(servers, Jdks.any(), QUICK).workingDirectory(current).start();
    Supervised.awaitStored(server);
    assertThat(server.view().workingDirectory()).isEqualTo(first.toRealPath().toString());

    Path next = Files.createSymbolicLink(servers.directory().resolve("next"), second);
    Files.move(next, current, StandardCopyOption.ATOMIC_MOVE);
    assertThat(server.serving().signal(Signal.SIGKILL)).isTrue();

    Supervised.awaitGeneration(server, 2);
    assertThat(server.view().workingDirectory()).isEqualTo(second.toRealPath().toString());
  }

  /** As by {@code docker exec}: it is nobody's child here, and knows nothing of run. */
  @Test
  void one_from_outside_that_has_taken_over_is_watched_and_not_restarted(Servers servers)
      throws Exception {
    Server server =
        Supervised.launch(servers, Jdks.any(), QUICK)
            .environment("XDG_RUNTIME_DIR", runtimeDirectory.toString())
            .start();
    ProcessId supervisor = server.family().first();
    Supervised.awaitStored(server);
    ProcessId old = server.serving();
    ControlSocket.await(runtimeDirectory, old);
    Load load = Loads.startWithKeepAlive(server);

    Newcomer newcomer = Newcomer.startFromOutside(server, Newcomer.commandOf(server, old.pid()));
    newcomer.awaitAnswer();
    server.awaitExit(old, Server.LIMIT);
    Loads.assertNothingFailed(load.stop());
    assertThat(supervisor.signal(Signal.SIGUSR2)).isTrue();
    server.awaitStderr(
        "why not",
        line ->
            line.contains(
                "SIGUSR2: pid "
                    + newcomer.pid()
                    + " has taken over from outside, so it is not restarted: "));
    assertThat(newcomer.id().signal(Signal.SIGKILL)).isTrue();

    Supervised.awaitGeneration(server, 3);
    server.awaitStderr(
        "the crash",
        line ->
            line.endsWith(
                "pid "
                    + newcomer.pid()
                    + " has ended: starting it again in 100 ms; clients wait at 1 sockets"));
    assertThat(supervisor.signal(Signal.SIGTERM)).isTrue();
    assertThat(server.awaitExit(supervisor, Server.LIMIT)).hasValue(143);
  }

  @Test
  void sockets_of_systemd_are_the_servers_and_survive_it(Servers servers) throws Exception {
    Server server =
        Supervised.launch(servers, Jdks.any(), QUICK)
            .after(ListeningLauncher.command("127.0.0.1:port"))
            .start();
    ProcessId supervisor = server.family().first();
    Map<Integer, String> sockets = ProcessView.of(supervisor.pid()).listeners();
    assertThat(sockets).containsOnlyKeys(server.port());
    assertThat(server.view().listeners()).isEqualTo(sockets);
    assertThat(server.view().environment()).contains("LISTEN_FDNAMES=some.socket");

    ProcessId old = server.serving();
    Await.until("that it can be restarted", Server.LIMIT, () -> isReady(server));
    assertThat(supervisor.signal(Signal.SIGUSR2)).isTrue();
    Supervised.awaitGeneration(server, 2);
    server.awaitExit(old, Server.LIMIT);
    assertThat(server.serving().signal(Signal.SIGKILL)).isTrue();
    Supervised.awaitGeneration(server, 3);

    assertThat(server.view().listeners()).isEqualTo(sockets);
    assertThat(ProcessView.of(supervisor.pid()).listeners()).isEqualTo(sockets);
  }

  /** The JVMs of graceful.jar get the variable as well. */
  @Test
  void the_agent_in_the_environment_is_for_the_server_only(Servers servers) throws Exception {
    Server server =
        servers
            .launchWithoutAgent(Apps.HTTPSERVER, Jdks.any())
            .under(Supervised.withoutOptions(servers))
            .environment("JAVA_TOOL_OPTIONS", "-javaagent:" + servers.agentJar() + "=" + QUICK)
            .start();
    ProcessId supervisor = server.family().first();
    Supervised.awaitStored(server);

    assertThat(ProcessView.of(supervisor.pid()).threads()).doesNotContainKey("graceful");
    assertThat(supervisor.signal(Signal.SIGUSR2)).isTrue();
    Supervised.awaitGeneration(server, 2);
    assertThat(supervisor.signal(Signal.SIGTERM)).isTrue();
    assertThat(server.awaitExit(supervisor, Server.LIMIT)).hasValue(143);
    assertThat(server.stderr(line -> line.contains("command line twice"))).isEmpty();
  }

  @Test
  void a_script_that_stays_above_the_server_is_told_what_to_do(Servers servers) throws Exception {
    Path script = servers.directory().resolve("start");
    Files.writeString(script, "#!/bin/sh\n\"$@\"\nexit $?\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    Server server =
        servers
            .launchWithoutAgent(Apps.HTTPSERVER, Jdks.any())
            .under(Supervised.withoutOptions(servers, script.toString()))
            .environment("JAVA_TOOL_OPTIONS", "-javaagent:" + servers.agentJar() + "=" + QUICK)
            .start();

    server.awaitStderr(
        "what to do",
        line ->
            line.contains("pid " + server.serving().pid() + " is ready, but was started by pid ")
                && line.endsWith(
                    ": it can be neither restarted nor started again; let the script start it with"
                        + " exec"));
  }

  private static boolean isReady(Server server) {
    return ProcessView.of(server.serving().pid()).isAsleep("graceful");
  }
}
