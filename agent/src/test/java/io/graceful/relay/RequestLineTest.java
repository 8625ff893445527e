package io.graceful.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.relay.RequestLine.Match;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestLineTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\\r\\n",
        "GET / HTTP/1.0\\r\\n",
        "GET / HTTP/1.1\\n",
        "\\r\\nGET / HTTP/1.1\\r\\n",
        "\\nGET / HTTP/1.1\\r\\n",
        "GET /a?b=c&d=%20#e HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "POST http://a.example:80/x HTTP/1.1\\r\\n",
        "OPTIONS * HTTP/1.1\\r\\n",
        "CONNECT a.example:443 HTTP/1.1\\r\\n",
        "CONNECT [::1]:443 HTTP/1.1\\r\\n",
        "M-SEARCH * HTTP/1.1\\r\\n",
        "UPDATEREDIRECTREF /x HTTP/1.1\\r\\n",
        "get / HTTP/1.1\\r\\n",
        "GET /\u00c3\u00a4 HTTP/1.1\\r\\n",
        "GET /HTTP/1.1 HTTP/1.1\\r\\n",
        "x!#$%&'*+-.^_`|~09 / HTTP/1.1\\r\\n",
      })
  void knows_a_request_from_its_line_on_and_not_before(String line) {
    byte[] bytes = Bytes.of(line);
    int end = 1 + new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf('\n', 2);

    for (int length = 0; length <= bytes.length; length++) {
      assertThat(match(bytes, length))
          .as("the first %s of %s", length, line)
          .isEqualTo(length < end ? Match.MORE : Match.YES);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/2.0\\r\\n",
        "GET / HTTP/1.2\\r\\n",
        "GET / HTTP/1.11\\r\\n",
        "GET / HTTP/1.1 \\r\\n",
        "GET / HTTP/1.1\\r\\r\\n",
        "GET / http/1.1\\r\\n",
        "GET / HTTP/0.9\\r\\n",
        "GET /\\r\\n",
        "GET\\r\\n",
        "GET  / HTTP/1.1\\r\\n",
        "GET /  HTTP/1.1\\r\\n",
        "GET /a b HTTP/1.1\\r\\n",
        "GET /\\0 HTTP/1.1\\r\\n",
        "GET /\\177 HTTP/1.1\\r\\n",
        "GET\\t/ HTTP/1.1\\r\\n",
        " GET / HTTP/1.1\\r\\n",
        "\\r\\n\\r\\nGET / HTTP/1.1\\r\\n",
        "\\rGET / HTTP/1.1\\r\\n",
        "G@T / HTTP/1.1\\r\\n",
        "(GET) / HTTP/1.1\\r\\n",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1\\r\\n",
        "HTTP/1.1 200 OK\\r\\n",
        "PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 5000 80\\r\\nGET / HTTP/1.1\\r\\n",
        "PROXY UNKNOWN\\r\\nGET / HTTP/1.1\\r\\n",
        "\\r\\n\\r\\n\\0\\r\\nQUIT\\n\\041\\021\\0\\014",
        "\\026\\003\\001\\002\\0\\001\\0\\001\\374\\003\\003",
        "\\201\\022GET / HTTP/1.1\\r\\n\\r\\n",
        "\\202\\022GET / HTTP/1.1\\r\\n\\r\\n",
        "\\0\\0\\0\\004\\001\\0\\0\\0\\0",
        "SSH-2.0-OpenSSH_9.2p1\\r\\n",
        "EHLO client.example\\r\\n",
        "HELO a HTTP\\r\\n",
        "*3\\r\\n$3\\r\\nSET\\r\\n",
        "SET key value\\r\\n",
        "OPTIONS * RTSP/1.0\\r\\n",
        "INVITE sip:bob@example.com SIP/2.0\\r\\n",
        "USER anonymous\\r\\n",
        "{\\\"jsonrpc\\\": \\\"2.0\\\"}\\n",
      })
  void takes_nothing_else_for_a_request(String other) {
    byte[] bytes = Bytes.of(other);

    assertThat(match(bytes, bytes.length)).isEqualTo(Match.NO);
  }

  @Test
  void what_is_no_request_stays_so_however_much_follows() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(40)];
      for (int k = 0; k < bytes.length; k++) {
        bytes[k] = (byte) "GET / HTTP/1.1\r\n\r\nGET\0x".charAt((k + random.nextInt(2)) % 23);
      }
      boolean no = false;
      for (int length = 0; length <= bytes.length; length++) {
        Match match = match(bytes, length);
        assertThat(match == Match.NO || !no).isTrue();
        no = match == Match.NO;
      }
    }
  }

  @Test
  void a_very_long_target_is_enough() {
    byte[] line = Bytes.of("GET /" + "x".repeat(RequestLine.LOOK) + " HTTP/1.1\r\n");

    assertThat(match(line, 8000)).isEqualTo(Match.MORE);
    assertThat(match(line, RequestLine.LOOK)).isEqualTo(Match.YES);
    assertThat(match(line, line.length)).isEqualTo(Match.YES);
  }

  @Test
  void whatever_can_be_looked_at_gets_an_answer() {
    for (String endless : new String[] {"x", " ", "/", "\n", "\r\n", "GET /x", "a ", "\0"}) {
      byte[] bytes = Bytes.of(endless.repeat(RequestLine.LOOK));

      assertThat(match(bytes, RequestLine.LOOK)).as(endless).isNotEqualTo(Match.MORE);
    }
    byte[] target = Bytes.of("\r\n" + "M".repeat(32) + " /" + "x".repeat(RequestLine.LOOK));
    assertThat(match(target, RequestLine.LOOK)).isEqualTo(Match.YES);
  }

  private static Match match(byte[] bytes, int length) {
    ByteBuffer buffer = Bytes.within(bytes, 7);
    return RequestLine.match(buffer, 7, 7 + length);
  }
}
