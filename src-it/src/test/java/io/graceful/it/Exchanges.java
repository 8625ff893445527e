package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.load.Greeting;
import io.graceful.it.load.ManualClient;
import io.graceful.it.load.ManualClient.Reply;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Ways to use HTTP/1 on a connection, each of which leaves it ready for the next request. */
enum Exchanges {
  NOTHING(client -> {}),

  GET(
      client -> {
        client.send("/");
        client.receiveGreeting();
      }),

  GET_BY_HTTP_1_0(
      client -> {
        client.sendText("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        Reply reply = client.receiveReply();
        Greeting.parse(reply.body());
        assertThat(reply.headers().get("connection")).isEqualToIgnoringCase("keep-alive");
      }),

  HEAD(
      client -> {
        client.sendText("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        // Some apps have no answer to it; but those that have none say so without a body, too.
        assertThat(client.receiveReplyToHead().status()).isIn(200, 404);
      }),

  /** Many heads come in several pieces. */
  GET_IN_PIECES(
      client -> {
        for (String piece :
            new String[] {"GE", "T / HTTP/1.1\r\nHost: loc", "alhost\r\n", "\r\n"}) {
          client.sendText(piece);
          Thread.sleep(2);
        }
        client.receiveGreeting();
      }),

  SLOW_GET(
      client -> {
        client.send("/slow?ms=200");
        client.receiveGreeting();
      }),

  UPLOAD_AFTER_CONTINUE(
      client -> {
        byte[] body = "the body of the upload".repeat(1000).getBytes(StandardCharsets.US_ASCII);
        client.sendText(
            "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                + body.length
                + "\r\nContent-Type: application/octet-stream\r\nExpect: 100-continue\r\n\r\n");
        assertThat(client.receiveReply().status()).isEqualTo(100);
        Thread.sleep(10);
        client.sendBytes(body);
        assertThat(client.receive()).isEqualTo(sha256(body) + "\n");
      }),

  /** Requests in one go; each answer has to come once, and in order. */
  PIPELINE(
      client -> {
        StringBuilder batch = new StringBuilder();
        for (int tag = 1; tag <= 5; tag++) {
          batch.append("GET /peer?tag=" + tag + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
          batch.append("GET /slow?ms=30 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }
        client.sendText(batch.toString());
        for (int tag = 1; tag <= 5; tag++) {
          assertThat(client.receive())
              .endsWith(" peer=" + client.localPort() + " tag=" + tag + "\n");
          client.receiveGreeting();
        }
      }),

  DOWNLOAD(
      client -> {
        client.send("/download?bytes=300000&ms=150");
        client.receiveKnownContent(300_000);
      }),

  CHUNKS_AND_TRAILERS(
      true,
      client -> {
        client.send("/chunked?n=10&ms=15");
        Reply reply = client.receiveReply();
        assertThat(reply.body()).startsWith("chunk 1 of 10\n").endsWith("chunk 10 of 10\n");
        assertThat(reply.trailers())
            .containsEntry("x-sha-256", sha256(reply.body().getBytes(StandardCharsets.US_ASCII)));
      }),

  NO_CONTENT(
      true,
      client -> {
        client.send("/status?code=204");
        assertThat(client.receiveReply().status()).isEqualTo(204);
      }),

  NOT_MODIFIED(
      true,
      client -> {
        client.send("/status?code=304");
        assertThat(client.receiveReply().status()).isEqualTo(304);
      });

  private final boolean needsProtocolsApp;
  private final Use use;

  Exchanges(Use use) {
    this(false, use);
  }

  Exchanges(boolean needsProtocolsApp, Use use) {
    this.needsProtocolsApp = needsProtocolsApp;
    this.use = use;
  }

  boolean isKnownTo(App app) {
    return !needsProtocolsApp || app.module().equals(Apps.PROTOCOLS.module());
  }

  /**
   * Uses the connection like this, and then asks who is at its other end, and whom it sees at this
   * one.
   */
  long useAndAskWho(ManualClient client, int round) throws Exception {
    use.on(client);
    return askWho(client, round);
  }

  static long askWho(ManualClient client, int tag) throws Exception {
    client.send("/peer?tag=" + tag);
    String answer = client.receive();
    String proof = " peer=" + client.localPort() + " tag=" + tag + "\n";
    assertThat(answer).endsWith(proof);
    return Greeting.parse(answer.replace(proof, "\n")).pid();
  }

  private static String sha256(byte[] content) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }

  private interface Use {
    void on(ManualClient client) throws Exception;
  }
}
