package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.ManualClient;
import io.graceful.it.load.RequestFailed;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.extension.ExtendWith;

/** Idle clients have used up the descriptors (RLIMIT_NOFILE) when a restart begins. */
@ExtendWith(ServersExtension.class)
class DescriptorLimitIT {

  private static final int LIMIT = 160;

  private static final int TIGHT_LIMIT = 300;
  private static final int IDLE = 120;

  /** Enough to begin with, too few to come to an end. */
  private static final int A_FEW = 8;

  @EachJdk
  void restart_fails_with_the_reason_until_there_is_room(int jdk, Servers servers)
      throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(jdk))
            .jvm("-Dsun.net.httpserver.idleInterval=3600") // s; else 30
            .after("ulimit -n " + LIMIT)
            .option("control", "off") // Opened beside the test, it would take one of the last.
            .start();
    ProcessId old = server.serving();
    Deque<ManualClient> clients = new ArrayDeque<>();
    try {
      while (open(server) < LIMIT) {
        connect(clients, LIMIT - open(server), server);
      }
      assertRestartFails(server, 1);
      assertAllServedBy(old, clients);

      close(clients, A_FEW);
      awaitOpen(server, LIMIT - A_FEW);
      assertRestartFails(server, 2);
      assertAllServedBy(old, clients);
      awaitOpen(server, LIMIT - A_FEW);

      int held = clients.size();
      close(clients, held);
      awaitOpen(server, LIMIT - A_FEW - held);
      Restart restart = server.restart();
      assertThat(server.greet().generation()).isEqualTo(2);
      Generations.assertOldOnesEndedWell(server, List.of(restart));
      Generations.assertQuiet(server);
    } finally {
      clients.forEach(ManualClient::close);
    }
  }

  /** With room for a part of them at a time. */
  @EachJdk
  void idle_clients_move_where_few_descriptors_are_left(int jdk, Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(jdk))
            .jvm("-Dsun.net.httpserver.idleInterval=3600") // s; else 30
            .after("ulimit -n " + TIGHT_LIMIT)
            .start();
    Deque<ManualClient> clients = new ArrayDeque<>();
    try {
      connect(clients, IDLE, server);
      Restart restart = server.restart();
      assertAllServedBy(restart.successor(), clients);
      Generations.assertOldOnesEndedWell(server, List.of(restart));
      Generations.assertQuiet(server);
    } finally {
      clients.forEach(ManualClient::close);
    }
  }

  private static void assertRestartFails(Server server, int times) {
    server.signal(Signal.SIGUSR2);
    Await.until("the failure", Server.LIMIT, () -> server.stderr().size() >= times);
    assertThat(server.stderr())
        .hasSize(times)
        .allMatch(
            line ->
                line.contains("]: restart failed: fewer than")
                    && line.contains("the limit of open files (ulimit -n: " + LIMIT + ")")
                    && line.contains("; still serving"));
  }

  /** Each has been accepted when this returns. */
  private static void connect(Deque<ManualClient> clients, int count, Server server)
      throws RequestFailed {
    for (int i = 0; i < count; i++) {
      ManualClient client = ManualClient.connect(server.endpoint());
      clients.push(client);
      client.send("/");
      client.receiveGreeting();
    }
  }

  private static void close(Deque<ManualClient> clients, int count) {
    for (int i = 0; i < count; i++) {
      clients.pop().close();
    }
  }

  private static void assertAllServedBy(ProcessId process, Deque<ManualClient> clients)
      throws RequestFailed {
    for (ManualClient client : clients) {
      client.send("/");
      assertThat(client.receiveGreeting().pid()).isEqualTo(process.pid());
    }
  }

  /** Or fewer. The JVM itself opens some for a moment now and then. */
  private static void awaitOpen(Server server, int count) {
    Await.until(count + " open descriptors", Server.LIMIT, () -> open(server) <= count);
  }

  private static int open(Server server) {
    return server.view().descriptors().size();
  }
}
