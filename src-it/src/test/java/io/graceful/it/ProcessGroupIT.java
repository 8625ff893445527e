package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.Load;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * {@code kill -USR2 -- -PGID} reaches every process of the group: the old one, and the new one from
 * its first instant on.
 */
@ExtendWith(ServersExtension.class)
class ProcessGroupIT {

  @EachJdk
  void signals_to_the_group_are_one_restart_and_nobody_dies(int jdk, Servers servers)
      throws Exception {
    Path flags = Files.createFile(servers.directory().resolve("flags"));
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(jdk))
            .jvm("-XX:Flags=" + flags)
            .after("exec setsid \"$@\"")
            .option("soak", "5s") // The old one is there for so long after the handover.
            .with("slow-start", 500)
            .start();
    ProcessId leader = server.serving();
    Load load = Loads.start(server);
    Files.delete(flags);
    run("mkfifo", flags.toString()); // The next JVM waits for what is in it.

    Restart restart = server.beginRestart();
    server.awaitStderr("the start", line -> line.contains("restart: started pid"));
    signalAndAwaitAnswer(server, leader, List.of(leader)); // The new one has no handler yet.
    run("sh", "-c", ": > \"$0\"", flags.toString());
    ProcessId successor = restart.awaitSuccessor();
    signalAndAwaitAnswer(server, leader, List.of(leader, successor));
    server.awaitStderr("the handover", line -> line.contains("generation 2 serves"));
    signalAndAwaitAnswer(server, leader, List.of(leader, successor));
    restart.complete();

    Loads.assertNothingFailed(load.stop());
    assertThat(server.starts()).containsExactly(leader.pid(), successor.pid());
    Generations.assertOldOnesEndedWell(server, List.of(restart));
    Generations.assertQuiet(server);
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    try {
      assertThat(process.waitFor(Server.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private static void signalAndAwaitAnswer(
      Server server, ProcessId leader, List<ProcessId> answering) {
    List<Integer> before = refusals(server, answering);
    assertThat(leader.signalGroup(Signal.SIGUSR2)).isTrue();
    Await.untilAsserted(
        Server.LIMIT,
        () ->
            assertThat(refusals(server, answering))
                .as("refusals by %s", answering)
                .isEqualTo(before.stream().map(count -> count + 1).toList()));
  }

  private static List<Integer> refusals(Server server, List<ProcessId> processes) {
    return processes.stream().map(process -> refusals(server, process)).toList();
  }

  private static int refusals(Server server, ProcessId process) {
    String beginning = "graceful[" + process.pid() + "]: SIGUSR2: restart refused: ";
    return server.stderr(line -> line.startsWith(beginning)).size();
  }
}
