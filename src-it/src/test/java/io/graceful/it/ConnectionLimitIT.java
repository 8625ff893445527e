package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.load.ManualClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A new process that accepts fewer connections than there are: what it has no room for is served by
 * the old one, and moves when there is some.
 */
@ExtendWith(ServersExtension.class)
class ConnectionLimitIT {
  private static final int CLIENTS = 6;
  private static final int LIMIT = 4;

  private static final int MANY = 100;
  private static final int BACKLOG = 50;

  /** Long enough for tickets that are given up after a second to fill the queue. */
  private static final long FULL_NANOS = 6_000_000_000L;

  private static final long LATE_EVERY_MILLIS = 250;

  @EachJdk
  void connections_wait_for_room_and_are_served_meanwhile(int jdk, Servers servers)
      throws Exception {
    Server server =
        servers
            .launch(tomcatFor(jdk), Jdks.find(jdk))
            .with("limit", LIMIT)
            .with("limit-from", 2)
            .start();
    Map<Integer, Long> answerers = new ConcurrentHashMap<>();
    Map<Integer, ManualClient> clients = new HashMap<>();
    Map<Integer, Rounds> conversations = new HashMap<>();
    for (int i = 0; i < CLIENTS; i++) {
      int number = i;
      ManualClient client = ManualClient.connect(server.endpoint());
      clients.put(number, client);
      conversations.put(
          number,
          Rounds.start(
              "client " + number,
              round -> {
                answerers.put(number, Exchanges.askWho(client, round));
                Thread.sleep(10);
              }));
    }
    conversations.values().forEach(Rounds::awaitAnother);

    Restart restart = server.beginRestart();
    restart.awaitSuccessor();
    restart.awaitHandover();
    long successor = restart.successor().pid();
    List<Integer> moved = awaitMoved(LIMIT, successor, answerers);
    conversations.values().forEach(Rounds::awaitAnother);
    assertThat(answeredBy(successor, answerers)).hasSize(LIMIT);

    for (int number : moved) {
      conversations.get(number).stop();
      clients.get(number).close();
    }
    awaitMoved(CLIENTS, successor, answerers);
    for (Rounds conversation : conversations.values()) {
      conversation.stop();
    }
    restart.awaitPredecessorGone();
    assertThat(server.stderr(line -> line.contains("]: drained in ")))
        .singleElement()
        .asString()
        .contains("moved " + CLIENTS + ", ended 0, handed back 0, cut 0");
    Generations.assertQuiet(server);
    clients.values().forEach(ManualClient::close);
  }

  /**
   * Those that have no room for seconds must not fill the new process's accept queue, in which new
   * clients wait, too.
   */
  @EachJdk
  void those_without_room_do_not_fill_the_queue(int jdk, Servers servers) throws Exception {
    Server server =
        servers
            .launch(tomcatFor(jdk), Jdks.find(jdk))
            .with("limit", LIMIT)
            .with("limit-from", 2)
            .with("backlog", BACKLOG)
            .start();
    List<ManualClient> clients = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      ManualClient client = ManualClient.connect(server.endpoint());
      clients.add(client);
      Exchanges.askWho(client, i);
    }
    Restart restart = server.beginRestart();
    restart.awaitSuccessor();
    restart.awaitHandover();
    long end = System.nanoTime() + FULL_NANOS;
    List<ManualClient> late = new ArrayList<>();
    for (int round = 1; System.nanoTime() < end; round++) {
      for (ManualClient client : clients) {
        assertThat(Exchanges.askWho(client, round))
            .isIn(restart.predecessor().pid(), restart.successor().pid());
      }
      long begin = System.nanoTime();
      late.add(ManualClient.connect(server.endpoint()));
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .as("the time of a connect, which the kernel repeats after 1 s if the queue is full")
          .isLessThan(Duration.ofMillis(900));
      Thread.sleep(LATE_EVERY_MILLIS);
    }
    late.forEach(ManualClient::close);
    clients.forEach(ManualClient::close);
    restart.awaitPredecessorGone();
  }

  private static App tomcatFor(int jdk) {
    return jdk >= Apps.TOMCAT_NIO.oldestJdk() ? Apps.TOMCAT_NIO : Apps.TOMCAT8;
  }

  private static List<Integer> awaitMoved(int count, long successor, Map<Integer, Long> answerers) {
    Await.until(
        count + " connections answered by " + successor,
        Server.LIMIT,
        () -> answeredBy(successor, answerers).size() >= count);
    return answeredBy(successor, answerers);
  }

  private static List<Integer> answeredBy(long pid, Map<Integer, Long> answerers) {
    List<Integer> clients = new ArrayList<>();
    answerers.forEach(
        (client, answerer) -> {
          if (answerer == pid) {
            clients.add(client);
          }
        });
    return clients;
  }
}
