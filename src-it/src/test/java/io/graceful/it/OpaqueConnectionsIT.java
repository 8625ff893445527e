package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import io.graceful.it.load.ManualClient;
import io.graceful.it.load.RequestFailed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What isn't request and response in plain HTTP/1 can't move: it goes on in the old process until
 * it ends by itself, however quiet it is at times, and holds that process no longer than that.
 */
@ExtendWith(ServersExtension.class)
class OpaqueConnectionsIT {
  /** What may look like the beginning of a request. */
  private static final String REQUEST_LINE = "GET / HTTP/1.1\r\n";

  /** Longer than the silence after which a connection may be taken for idle. */
  private static final int SILENCE_MILLIS = 700;

  /** When the last such connection has ended; far less than drain.timeout. */
  private static final Duration SOON = Duration.ofSeconds(10);

  @EachJdk
  void websocket_goes_on_whatever_its_messages_look_like(int jdk, Servers servers)
      throws Exception {
    Server server = launch(Apps.PROTOCOLS, jdk, servers).start();
    try (WebSocketSession session = WebSocketSession.open(server.endpoint());
        Rounds echoes = Rounds.start("echo", round -> echo(session, round))) {
      echoes.awaitAnother();
      Restart restart = handOver(server);
      Thread.sleep(SILENCE_MILLIS); // What says nothing while it is looked at, isn't known.
      echoes.awaitAnother();
      assertThat(echoes.stop()).isGreaterThan(4);
      Thread.sleep(SILENCE_MILLIS);
      echo(session, 1);
      assertThat(session.askWho().pid()).isEqualTo(restart.predecessor().pid());
      session.end();
      assertPredecessorEnds(server, restart);
    }
  }

  /** In one piece, or so that a segment begins with the message. */
  private static void echo(WebSocketSession session, int round)
      throws RequestFailed, InterruptedException {
    String message = REQUEST_LINE + round;
    if (round % 2 == 0) {
      session.send(message);
    } else {
      session.sendHead(message);
      Thread.sleep(5);
      session.sendPayload(message);
    }
    assertThat(session.receive()).isEqualTo(message);
  }

  /**
   * After each answer comes a segment that begins with {@link #REQUEST_LINE}: only what follows
   * that line says that it is no request.
   */
  @EachJdk
  void websocket_goes_on_whose_segments_begin_like_requests(int jdk, Servers servers)
      throws Exception {
    Server server = launch(Apps.PROTOCOLS_NIO, jdk, servers).option("log.level", "debug").start();
    try (WebSocketSession session = WebSocketSession.open(server.endpoint())) {
      session.sendHead(REQUEST_LINE);
      try (Rounds echoes =
          Rounds.start(
              "echo",
              round -> {
                session.sendPayloadAndHead(REQUEST_LINE, REQUEST_LINE);
                assertThat(session.receive()).isEqualTo(REQUEST_LINE);
              })) {
        echoes.awaitAnother();
        Restart restart = handOver(server);
        server.awaitStderr("its connection is taken", line -> line.contains("took connections"));
        echoes.awaitAnother();
        echoes.stop();
        session.sendPayload(REQUEST_LINE);
        assertThat(session.receive()).isEqualTo(REQUEST_LINE);
        assertThat(session.askWho().pid()).isEqualTo(restart.predecessor().pid());
        session.end();
        assertPredecessorEnds(server, restart);
      }
    }
  }

  @EachJdk
  void event_stream_and_long_poll_end_as_they_began(int jdk, Servers servers) throws Exception {
    Server server = launch(Apps.PROTOCOLS, jdk, servers).start();
    try (ManualClient stream = ManualClient.connect(server.endpoint());
        ManualClient poll = ManualClient.connect(server.endpoint())) {
      stream.send("/events?n=4&ms=100&gate=event");
      poll.send("/poll?gate=news");
      String old = "data: pid=" + server.serving().pid() + " generation=1";
      assertThat(stream.receiveLine()).startsWith("HTTP/1.1 200 ");
      String line = stream.receiveLine();
      while (!line.equals("id: 1")) {
        line = stream.receiveLine();
      }
      assertThat(stream.receiveLine()).isEqualTo(old);

      Restart restart = handOver(server);
      Thread.sleep(SILENCE_MILLIS);
      assertThat(restart.predecessor().exists()).as("waits for the stream and the poll").isTrue();
      Files.createFile(server.state("event"));
      for (int event = 2; event <= 4; event++) {
        assertThat(stream.receiveLine()).isEmpty();
        assertThat(stream.receiveLine()).isEqualTo("id: " + event);
        assertThat(stream.receiveLine()).isEqualTo(old);
      }
      assertThat(stream.receiveLine()).isEmpty();
      assertThat(stream.receiveByte()).as("after the last event").isEqualTo(-1);

      Files.createFile(server.state("news"));
      assertThat(poll.receiveGreeting().pid()).isEqualTo(restart.predecessor().pid());
      poll.close();
      assertPredecessorEnds(server, restart);
    }
  }

  @EachJdk
  void server_that_speaks_first_goes_on(int jdk, Servers servers) throws Exception {
    Server server = launch(Apps.LINES, jdk, servers).start();
    String old = " pid=" + server.serving().pid() + " generation=1";
    try (ManualClient silent = ManualClient.connect(server.endpoint());
        ManualClient talker = ManualClient.connect(server.endpoint())) {
      assertThat(silent.receiveLine()).isEqualTo("hello" + old);
      assertThat(talker.receiveLine()).isEqualTo("hello" + old);
      try (Rounds talk =
          Rounds.start(
              "talk",
              round -> {
                talker.sendText("NOOP " + round + "\r\n");
                assertThat(talker.receiveLine()).isEqualTo("NOOP " + round + old);
              })) {
        Restart restart = handOver(server);
        Thread.sleep(SILENCE_MILLIS); // What says nothing while it is looked at, isn't known.
        talk.awaitAnother();
        talk.stop();
        Thread.sleep(SILENCE_MILLIS);
        silent.sendText("first words\r\n");
        assertThat(silent.receiveLine()).isEqualTo("first words" + old);
        talker.sendText("last words\r\n");
        assertThat(talker.receiveLine()).isEqualTo("last words" + old);
        silent.close();
        talker.close();
        assertPredecessorEnds(server, restart);
      }
    }
  }

  @EachJdk
  void tls_goes_on(int jdk, Servers servers) throws Exception {
    assertStays(launch(Apps.TLS, jdk, servers).start());
  }

  @EachJdk
  void connection_that_a_proxy_has_introduced_stays_if_told_to(int jdk, Servers servers)
      throws Exception {
    assertStays(launch(Apps.PROXIED, jdk, servers).option("move", "off").start());
  }

  /** Nobody but the application knows where the requests in a tunnel go. */
  @EachJdk
  void tunnel_with_requests_in_it_stays_if_told_to(int jdk, Servers servers) throws Exception {
    Server server = launch(Apps.PROTOCOLS, jdk, servers).option("move", "off").start();
    HttpServer far = startServerThatTellsPorts();
    try (ManualClient client = ManualClient.connect(server.endpoint())) {
      client.sendText("CONNECT 127.0.0.1:" + far.getAddress().getPort() + " HTTP/1.1\r\n\r\n");
      assertThat(client.receiveLine()).startsWith("HTTP/1.1 200 ");
      assertThat(client.receiveLine()).isEmpty();
      client.send("/");
      String port = client.receive();
      try (Rounds requests =
          Rounds.start(
              "tunnel",
              round -> {
                client.send("/" + round);
                assertThat(client.receive()).isEqualTo(port);
              })) {
        Restart restart = handOver(server);
        requests.awaitAnother();
        requests.stop();
        Thread.sleep(SILENCE_MILLIS);
        client.send("/last");
        assertThat(client.receive()).isEqualTo(port);
        client.close();
        assertPredecessorEnds(server, restart);
      }
    } finally {
      far.stop(0);
    }
  }

  private static HttpServer startServerThatTellsPorts() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.createContext(
        "/",
        exchange -> {
          byte[] body =
              ("from " + exchange.getRemoteAddress().getPort()).getBytes(StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  /** Kept connections, busy and silent, and a download: all in the old process to their end. */
  private static void assertStays(Server server) throws Exception {
    try (ManualClient silent = ManualClient.connect(server.endpoint());
        ManualClient download = ManualClient.connect(server.endpoint())) {
      silent.send("/peer?tag=1");
      String identity = silent.receive();
      assertThat(identity).contains("peer=" + silent.localPort());
      Load load = server.load().keepAlive(4, 20, true).start();
      Restart restart = server.beginRestart();
      restart.awaitSuccessor();
      download.send("/download?bytes=3000000&ms=4000");
      restart.awaitAnswer();
      restart.awaitHandover();
      download.receiveKnownContent(3_000_000);
      download.close();
      Thread.sleep(SILENCE_MILLIS);
      silent.send("/peer?tag=1");
      assertThat(silent.receive()).isEqualTo(identity);
      silent.close();

      LoadReport report = load.stop();
      Loads.assertNothingFailed(report);
      Loads.assertConnectionsKept(report);
      assertThat(report.pids()).isEqualTo(Set.of(restart.predecessor().pid()));
      assertPredecessorEnds(server, restart);
    }
  }

  private static Launch launch(App app, int jdk, Servers servers) {
    return servers
        .launch(app, Jdks.find(jdk))
        .option("drain.timeout", "60s")
        .option("drain.quiet", "300ms");
  }

  /** Returns when new connections go to the successor, and the old ones are the predecessor's. */
  private static Restart handOver(Server server) {
    Restart restart = server.beginRestart();
    restart.awaitSuccessor();
    restart.awaitAnswer();
    restart.awaitHandover();
    return restart;
  }

  private static void assertPredecessorEnds(Server server, Restart restart) {
    assertThat(server.awaitExit(restart.predecessor(), SOON)).hasValue(0);
    assertThat(server.stops()).containsExactly(restart.predecessor().pid());
    assertThat(server.stderr()).allMatch(line -> line.startsWith("graceful["));
  }
}
