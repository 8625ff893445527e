package io.graceful.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What never is a boundary, whatever it looks like. */
class NoBoundaryTest extends RelayedPeers {

  static List<Arguments> noBoundaries() {
    String frame = "\201\022" + GET;
    return List.of(
        Arguments.of(
            "WebSocket",
            History.FRESH,
            new String[] {
              "c first",
              "GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
              "a",
              "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
              "c",
              GET,
              "c",
              frame,
              "a",
              frame,
              "c",
              GET,
              "a",
              OK,
              "c",
              GET
            }),
        Arguments.of(
            "WebSocket in use",
            History.quiet(100),
            new String[] {"c", frame, "a", "\201\001x", "c", GET, "a", frame, "c", GET}),
        Arguments.of(
            "WebSocket speaking",
            History.BUSY,
            new String[] {"c", GET, "a", frame, "c", frame, "a", frame, "c", GET}),
        Arguments.of(
            "CONNECT",
            History.FRESH,
            new String[] {
              "c first",
              "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
              "a",
              "HTTP/1.1 200 Connection established\r\n\r\n",
              "c",
              GET,
              "a",
              OK,
              "c",
              GET
            }),
        Arguments.of(
            "TLS",
            History.FRESH,
            new String[] {
              "c",
              "\026\003\001\002\0\001\0",
              "a",
              "\026\003\003\0",
              "c",
              "\027\003\003" + GET,
              "a",
              "\027",
              "c",
              GET
            }),
        Arguments.of(
            "TLS in use",
            History.quiet(100),
            new String[] {"c", "\027\003\003\0\002xx", "a", "\027\003\003\0\002yy", "c", GET}),
        Arguments.of(
            "HTTP/2",
            History.FRESH,
            new String[] {
              "c",
              "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\004\0\0\0\0\0",
              "a",
              "\0\0\0\004\0\0\0\0\0",
              "c",
              GET
            }),
        Arguments.of(
            "PROXY",
            History.FRESH,
            new String[] {
              "c", "PROXY TCP4 192.0.2.1 192.0.2.2 5000 80\r\n" + GET, "a", OK, "c", GET
            }),
        Arguments.of(
            "events",
            History.FRESH,
            new String[] {
              "c first",
              GET,
              "a",
              "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
              "a",
              "b\r\ndata: 0\r\n\r\n\r\n",
              "a",
              "b\r\ndata: 0\r\n\r\n\r\n",
              "c",
              GET
            }),
        Arguments.of(
            "until the end",
            History.FRESH,
            new String[] {"c first", GET, "a", "HTTP/1.1 200 OK\r\n\r\nsomething", "c", GET}),
        Arguments.of(
            "SMTP",
            History.FRESH,
            new String[] {"a", "220 mail ESMTP\r\n", "c", GET, "a", "500 what?\r\n", "c", GET}),
        Arguments.of(
            "an upload",
            History.FRESH,
            new String[] {
              "c first",
              "POST / HTTP/1.1\r\nContent-Length: 500\r\nExpect: 100-continue\r\n\r\n",
              "a",
              "HTTP/1.1 100 Continue\r\n\r\n",
              "c",
              GET,
              "c",
              GET,
              "a",
              "HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n",
              "c",
              GET
            }),
        Arguments.of(
            "an upload of which the head was not seen",
            History.BUSY,
            new String[] {"a", "HTTP/1.1 100 Continue\r\n\r\n", "c", GET, "c", GET}),
        Arguments.of(
            "the last answer",
            History.FRESH,
            new String[] {
              "c first",
              GET,
              "a",
              "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
              "c",
              GET
            }));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("noBoundaries")
  void is_no_boundary(String what, History history, String[] script) throws Exception {
    Peers peers = new Peers(history, true).admit();
    for (int i = 0; i < script.length; i += 2) {
      if (script[i].equals("a")) {
        peers.appSends(script[i + 1]);
        peers.clientGets(script[i + 1]);
      } else {
        // It shall not be for want of silence.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Exchange.SILENCE_MILLIS + 2));
        peers.clientSends(script[i + 1]);
        if (script[i].equals("c first")) {
          peers.awaitEvent("at boundary");
          peers.onRelay(Connection::proceed);
        }
        peers.appGets(script[i + 1]);
      }
      assertThat(peers.events).as("after %s", i / 2).isEmpty();
    }
  }
}
