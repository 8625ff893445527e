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
import java.util.List;
import java.util.function.Predicate;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.extension.ExtendWith;

/** Signals at the wrong moment: each is answered with a line, and does no harm. */
@ExtendWith(ServersExtension.class)
class TriggerIT {
  @EachJdk
  void two_signals_at_once_are_one_restart(int jdk, Servers servers) throws Exception {
    Server server = servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).start();
    Load load = Loads.start(server);
    Restart restart = server.beginRestart();
    restart.predecessor().signal(Signal.SIGUSR2);
    restart.complete();

    Loads.assertNothingFailed(load.stop());
    assertRestartedOnce(server, restart);
    assertNextRestartWorks(server);
  }

  @EachJdk
  void another_signal_restarts_too(int jdk, Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(jdk))
            .option("restart.signal", "HUP+USR2")
            .start();
    Load load = Loads.start(server);
    ProcessId first = server.serving();
    assertThat(first.signal(Signal.SIGHUP)).isTrue();
    server.awaitExit(first, Server.LIMIT);

    Loads.assertNothingFailed(load.stop());
    assertThat(server.starts()).hasSize(2);
    assertThat(server.family().alive()).hasSize(1);
    server.awaitAnswerBy(server.family().alive().iterator().next());
    assertNextRestartWorks(server);
  }

  /** As under nohup. */
  @EachJdk
  void another_signal_that_is_ignored_is_said_to_be_at_the_start(int jdk, Servers servers)
      throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(jdk))
            .option("restart.signal", "HUP+USR2")
            .after("set -- env --ignore-signal=HUP \"$@\"")
            .start();
    assertThat(server.stderr())
        .singleElement()
        .asString()
        .endsWith("no restart by SIGHUP: this process was started to ignore it (nohup?)");
    assertThat(server.serving().signal(Signal.SIGHUP)).isTrue();
    server.restart();
  }

  @EachJdk
  void second_signal_while_the_successor_starts(int jdk, Servers servers) throws Exception {
    Server server =
        servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).with("slow-start", 1_500).start();
    Load load = Loads.start(server);
    Restart restart = server.beginRestart();
    restart.awaitSuccessor();
    assertAnsweredWithOneLine(server, restart.predecessor());
    restart.complete();

    Loads.assertNothingFailed(load.stop());
    assertRestartedOnce(server, restart);
    assertNextRestartWorks(server);
  }

  @EachJdk
  void signal_while_draining(int jdk, Servers servers) throws Exception {
    Server server = servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).start();
    Load load = Loads.start(server);
    SlowRequest slow = SlowRequest.send(server, 4_000);
    Restart restart = server.beginRestart();
    restart.awaitSuccessor();
    restart.awaitAnswer();
    assertThat(restart.predecessor().exists()).as("still draining").isTrue();
    assertAnsweredWithOneLine(server, restart.predecessor());

    assertThat(slow.awaitAnswer().pid()).isEqualTo(restart.predecessor().pid());
    restart.awaitPredecessorGone();
    Loads.assertNothingFailed(load.stop());
    assertRestartedOnce(server, restart);
    assertNextRestartWorks(server);
  }

  @EachJdk
  void signal_to_the_successor_while_its_predecessor_drains(int jdk, Servers servers)
      throws Exception {
    Server server = servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).start();
    Load load = Loads.start(server);
    SlowRequest slow = SlowRequest.send(server, 4_000);
    Restart restart = server.beginRestart();
    restart.awaitSuccessor();
    restart.awaitAnswer();
    assertThat(restart.predecessor().exists()).as("still draining").isTrue();
    assertAnsweredWithOneLine(server, restart.successor());

    assertThat(slow.awaitAnswer().pid()).isEqualTo(restart.predecessor().pid());
    restart.awaitPredecessorGone();
    Loads.assertNothingFailed(load.stop());
    assertRestartedOnce(server, restart);
    assertNextRestartWorks(server);
  }

  @EachJdk
  void signal_to_both_while_the_successor_starts(int jdk, Servers servers) throws Exception {
    Server server =
        servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).with("slow-start", 1_500).start();
    Load load = Loads.start(server);
    Restart restart = server.beginRestart();
    ProcessId successor = restart.awaitSuccessor();
    assertThat(successor.signal(Signal.SIGUSR2)).isTrue();
    assertAnsweredWithOneLine(server, restart.predecessor());
    restart.complete();

    Loads.assertNothingFailed(load.stop());
    assertRestartedOnce(server, restart);
    assertNextRestartWorks(server);
  }

  private static void assertAnsweredWithOneLine(Server server, ProcessId receiver) {
    Predicate<String> isAnswer =
        line -> line.startsWith("graceful[" + receiver.pid() + "]: SIGUSR2");
    int before = server.stderr(isAnswer).size();
    assertThat(receiver.signal(Signal.SIGUSR2)).isTrue();
    Await.until(
        "an answer to the signal", Server.LIMIT, () -> server.stderr(isAnswer).size() > before);
    assertThat(server.stderr(isAnswer)).hasSize(before + 1);
  }

  private static void assertRestartedOnce(Server server, Restart restart) {
    assertThat(server.starts())
        .containsExactly(restart.predecessor().pid(), restart.successor().pid());
    Generations.assertOldOnesEndedWell(server, List.of(restart));
    Generations.assertQuiet(server);
  }

  private static void assertNextRestartWorks(Server server) {
    Restart next = server.restart();
    assertThat(next.exitStatus()).hasValue(0);
    assertThat(server.starts()).hasSize(3);
    Generations.assertOneIsLeft(server);
  }
}
