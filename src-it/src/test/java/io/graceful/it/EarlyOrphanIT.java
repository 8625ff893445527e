package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.ProcessId;
import java.util.Optional;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.extension.ExtendWith;

/** A successor whose predecessor died before the two had exchanged a word serves all the same. */
@ExtendWith(ServersExtension.class)
class EarlyOrphanIT {

  private static final String STARTED = "restart: started pid ";

  @EachJdk
  void successor_becomes_a_first_generation(int jdk, Servers servers) throws Exception {
    Server server = servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).start();
    ProcessId old = server.serving();
    server.signal(Signal.SIGUSR2);
    ProcessId successor =
        Await.value(
            "the successor", Server.LIMIT, () -> spawned(server)); // Its JVM has no agent yet.
    successor.signal(Signal.SIGSTOP);
    old.signal(Signal.SIGKILL);
    server.awaitExit(old, Server.LIMIT);
    successor.signal(Signal.SIGCONT);

    server.awaitAnswerBy(successor);
    server.awaitStderr(
        "what became of it",
        line ->
            line.startsWith("graceful[" + successor.pid() + "]: ")
                && line.endsWith("died before it handed over: starting as a first generation"));
    server.restart();
    assertThat(server.greet().pid()).isNotEqualTo(successor.pid());
    Generations.assertOneIsLeft(server);
  }

  private static Optional<ProcessId> spawned(Server server) {
    return server.stderr(line -> line.contains(STARTED)).stream()
        .findFirst()
        .map(line -> Long.parseLong(line.substring(line.indexOf(STARTED) + STARTED.length())))
        .flatMap(server.family()::member);
  }
}
