package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.load.Load;
import io.graceful.it.load.ManualClient;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A connection on which a client speaks plain HTTP/1 is answered by the old process and then by the
 * new one: whatever was said on it before, it is the same TCP connection, and the application sees
 * the same client.
 */
@ExtendWith(ServersExtension.class)
class MovedConnectionsIT {
  private static final int IDLE = 20;
  private static final int MOST_THINK_MILLIS = 20;

  static Stream<Arguments> appsAndJdks() {
    return onEachJdk(Apps.PROTOCOLS, Apps.PROTOCOLS_NIO, Apps.JETTY, Apps.NETTY_EPOLL);
  }

  static Stream<Arguments> appsWithIdleClientsAndJdks() {
    return onEachJdk(Apps.THREADS, Apps.NETTY_EPOLL);
  }

  private static Stream<Arguments> onEachJdk(App... apps) {
    return Jdks.with(Stream.of(apps));
  }

  /** Connections that rest through the restart: half of them until the old process is gone. */
  @ParameterizedTest(name = "{0} jdk {1}")
  @MethodSource("appsAndJdks")
  void connection_moves_whatever_came_before(App app, int jdk, Servers servers) throws Exception {
    Server server = servers.launch(app, Jdks.find(jdk)).start();
    Map<Exchanges, ManualClient> early = connect(server);
    Map<Exchanges, ManualClient> late = connect(server);
    Restart restart = server.beginRestart();
    restart.awaitSuccessor();
    restart.awaitAnswer();
    restart.awaitHandover();
    early.forEach((past, client) -> awaitAnswerBy(restart.successor().pid(), past, client));
    restart.awaitPredecessorGone();
    for (Map.Entry<Exchanges, ManualClient> one : late.entrySet()) {
      assertThat(answererOf(one.getKey(), one.getValue()))
          .as("after %s and the end of %s", one.getKey(), restart.predecessor())
          .isEqualTo(restart.successor().pid());
    }
    assertMovedAtLeast(early.size() + late.size(), server);
    Generations.assertOldOnesEndedWell(server, List.of(restart));
    Generations.assertQuiet(server);
    closeAll(early.values());
    closeAll(late.values());
  }

  /** Connections in use all the time, so that the restart comes in the middle of something. */
  @ParameterizedTest(name = "{0} jdk {1}")
  @MethodSource("appsAndJdks")
  void connection_moves_whatever_is_going_on(App app, int jdk, Servers servers) throws Exception {
    Server server = servers.launch(app, Jdks.find(jdk)).start();
    Map<Exchanges, ManualClient> clients = new LinkedHashMap<>();
    Map<Exchanges, Rounds> conversations = new LinkedHashMap<>();
    Map<Exchanges, AtomicLong> answerers = new LinkedHashMap<>();
    for (Exchanges exchange : exchangesOf(app)) {
      ManualClient client = ManualClient.connect(server.endpoint());
      AtomicLong answerer = new AtomicLong();
      clients.put(exchange, client);
      answerers.put(exchange, answerer);
      conversations.put(
          exchange,
          Rounds.start(
              exchange.name(),
              round -> {
                answerer.set(exchange.useAndAskWho(client, round));
                Thread.sleep(round % MOST_THINK_MILLIS);
              }));
    }
    conversations.values().forEach(Rounds::awaitAnother);
    Restart restart = server.restart();
    conversations.values().forEach(Rounds::awaitAnother);
    for (Map.Entry<Exchanges, Rounds> conversation : conversations.entrySet()) {
      assertThat(conversation.getValue().stop()).isGreaterThan(3);
      assertThat(answerers.get(conversation.getKey()))
          .as("after %s", conversation.getKey())
          .hasValue(restart.successor().pid());
    }
    assertMovedAtLeast(clients.size(), server);
    Generations.assertOldOnesEndedWell(server, List.of(restart));
    Generations.assertQuiet(server);
    closeAll(clients.values());
  }

  @ParameterizedTest(name = "{0} jdk {1}")
  @MethodSource("appsWithIdleClientsAndJdks")
  void idle_connections_survive_three_restarts(App app, int jdk, Servers servers) throws Exception {
    Server server = servers.launch(app, Jdks.find(jdk)).start();
    List<ManualClient> idle = new ArrayList<>();
    for (int i = 0; i < IDLE; i++) {
      ManualClient client = ManualClient.connect(server.endpoint());
      assertThat(Exchanges.askWho(client, i)).isEqualTo(server.serving().pid());
      idle.add(client);
    }
    Load others = server.load().connectionPerRequest(20).start();
    for (int restart = 0; restart < 3; restart++) {
      server.restart();
    }
    Loads.assertNothingFailed(others.stop());
    for (ManualClient client : idle) {
      assertThat(Exchanges.askWho(client, 3)).isEqualTo(server.serving().pid());
    }
    closeAll(idle);
  }

  /**
   * The interim answer is the last thing that the server has said, and the body looks like a
   * request.
   */
  @EachJdk
  void body_that_is_waited_for_is_no_request(int jdk, Servers servers) throws Exception {
    Server server = servers.launch(Apps.PROTOCOLS, Jdks.find(jdk)).start();
    try (ManualClient upload = ManualClient.connect(server.endpoint());
        ManualClient early = ManualClient.connect(server.endpoint())) {
      String body = "GET /peer?tag=0 HTTP/1.1\r\nHost: localhost\r\n\r\n";
      String head = " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length() + "\r\n";
      upload.sendText("POST /upload?gate=continue" + head + "Expect: 100-continue\r\n\r\n");
      early.sendText("POST /early" + head + "\r\n");
      assertThat(early.receiveGreeting().pid()).isEqualTo(server.serving().pid());

      Restart restart = server.beginRestart();
      restart.awaitSuccessor();
      restart.awaitAnswer();
      restart.awaitHandover();
      Files.createFile(server.state("continue"));
      assertThat(upload.receiveReply().status()).isEqualTo(100);
      upload.sendText(body);
      early.sendBytes(new byte[body.length()]);
      assertThat(upload.receive()).matches("[0-9a-f]{64}\n");
      assertThat(Exchanges.askWho(upload, 1))
          .isIn(restart.predecessor().pid(), restart.successor().pid());
      assertThat(Exchanges.askWho(early, 1))
          .isIn(restart.predecessor().pid(), restart.successor().pid());
      upload.close();
      early.close();
      restart.awaitPredecessorGone();
      Generations.assertOldOnesEndedWell(server, List.of(restart));
    }
  }

  private static List<Exchanges> exchangesOf(App app) {
    return Stream.of(Exchanges.values()).filter(exchange -> exchange.isKnownTo(app)).toList();
  }

  /** A connection with each past; that nothing was said on one is a past, too. */
  private static Map<Exchanges, ManualClient> connect(Server server) throws Exception {
    Map<Exchanges, ManualClient> clients = new LinkedHashMap<>();
    for (Exchanges past : exchangesOf(server.app())) {
      ManualClient client = ManualClient.connect(server.endpoint());
      clients.put(past, client);
      if (past != Exchanges.NOTHING) {
        assertThat(past.useAndAskWho(client, 1)).isEqualTo(server.serving().pid());
      }
    }
    return clients;
  }

  /** It may take a moment, in which the old process answers. */
  private static void awaitAnswerBy(long pid, Exchanges past, ManualClient client) {
    Await.until(
        "an answer by " + pid + " on a connection after " + past,
        Server.LIMIT,
        () -> answererOf(past, client) == pid);
  }

  private static long answererOf(Exchanges past, ManualClient client) {
    try {
      return Exchanges.askWho(client, 2);
    } catch (Exception e) {
      throw new AssertionError("on a connection after " + past + ": " + e, e);
    }
  }

  private static void assertMovedAtLeast(int connections, Server server) {
    assertThat(server.stderr(line -> line.contains("]: drained in ")))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line).containsPattern(": moved \\d+");
              int moved = Integer.parseInt(line.replaceAll(".*: moved (\\d+).*", "$1"));
              assertThat(moved).as(line).isGreaterThanOrEqualTo(connections);
            });
  }

  private static void closeAll(Iterable<ManualClient> clients) {
    clients.forEach(ManualClient::close);
  }
}
