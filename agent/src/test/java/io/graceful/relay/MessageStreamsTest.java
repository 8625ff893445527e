package io.graceful.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where requests and responses end: in the tables, each | stands where one does, and ~ after an
 * empty line that belongs to none.
 */
class MessageStreamsTest {

  private static final String GET = "GET / HTTP/1.1\r\n\r\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n\r\n|GET /2 HTTP/1.1\r\nHost: x\r\n\r\n|",
        "GET / HTTP/1.1\n\n|GET / HTTP/1.0\nHost: x\n\n|",
        "\r\n~\n~GET / HTTP/1.1\r\n\r\n|\r\n~\r\n~GET / HTTP/1.1\r\n\r\n|",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello|POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n|",
        "POST / HTTP/1.1\r\ncontent-length:3\r\nX: y\r\n\r\n\r\n\r|GET / HTTP/1.1\r\n\r\n|",
        "POST / HTTP/1.1\r\nContent-Length: 3, 3\r\nCONTENT-LENGTH: \t3 \r\n\r\nabc|",
        "PUT / HTTP/1.1\r\nContent-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n|GET / HTTP/1.1\r\n\r\n|",
        "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n|GET / HTTP/1.1\r\n\r\n|",
        "PUT / HTTP/1.1\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n0\r\n\r\n|",
        "PUT / HTTP/1.1\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n|",
        "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"b;\"\r\n0\r\n\r\n\r\n00 ; x\r\nA: b\r\nC: d\r\n\r\n|",
        "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n1a\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n123\r\n000\r\n\r\n|",
        "PUT / HTTP/1.1\nTransfer-Encoding: chunked\n\n2\nab\n0\nx: y\n\n|GET / HTTP/1.1\n\n|",
        "GET / HTTP/1.1\r\nX-A: Content-Length: 7\r\nX-Content-Length: 7\r\nContent-Length-X: 7\r\n\r\n|",
        "GET / HTTP/1.1\r\nX-Long: a\r\n folded\r\n\tContent-Length: 7\r\n\r\n|",
        "GET / HTTP/1.1\r\nContent-Lengths: 7\r\nConnections: close\r\n\r\n|GET / HTTP/1.1\r\n\r\n|",
        "CONNECT a:1 HTTP/1.1\r\n\r\n|GET / HTTP/1.1\r\n\r\n|",
        "HEAD / HTTP/1.1\r\nEmpty:\r\n\r\n|",
      })
  void finds_the_ends_of_requests(String marked) {
    Marked text = new Marked(marked);
    for (int piece : pieces(text)) {
      RequestStream requests = new RequestStream();
      TreeSet<Integer> ends = new TreeSet<>();
      text.inPieces(
          piece,
          (bytes, from, to) -> {
            requests.read(bytes, from, to);
            if (requests.isBetween()) {
              ends.add(to);
            }
          });

      assertThat(requests.isBroken()).isFalse();
      text.assertEnds(ends, piece);
      int count = 0;
      while (requests.answer() != null) {
        count++;
      }
      assertThat(count).isEqualTo(text.messages);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/2.0\r\n\r\n",
        "\0\n",
        "GET /\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5, 6\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5 5\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length:\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 0x5\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 9999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\n 2\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length : 5\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: identity\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloo\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\rhello",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1234567890123456\r\n",
        "GET / HTTP/1.1\r\n folded: into the start line\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\n: no name\r\n\r\n",
        "GET / HTTP/1.1\r\nb\u00e4d: name\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\nno request\r\n",
      })
  void does_not_rely_on_requests_that_two_readers_could_read_differently(String text) {
    for (int piece : new int[] {1, 2, 3, 7, text.length()}) {
      RequestStream requests = new RequestStream();
      new Marked(text).inPieces(piece, requests::read);

      assertThat(requests.isBroken()).as("in pieces of %s", piece).isTrue();
      assertThat(requests.isBetween()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello|HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n|",
        "HTTP/1.1 200 OK\nContent-Length: 2\n\n\n\n|",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n0\r\n\r\n\r\n0\r\n\r\n|HTTP/1.1 204 No Content\r\n\r\n|",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\n\r\n\r\n0;z\r\nSum: 1\r\n\r\n|",
        "HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n|HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n|",
        "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n|",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n|",
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 x\r\n\r\n|",
        "HTTP/1.1 102 Processing\r\nContent-Length: 7\r\n\r\nHTTP/1.1 204 x\r\n\r\n|",
        "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx|HTTP/1.1 204 x\r\n\r\n|",
        "HTTP/1.1 404 Not Found\r\nContent-Length: 36\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n|",
      })
  void finds_the_ends_of_responses(String marked) {
    Marked text = new Marked(marked);
    for (int piece : pieces(text)) {
      ResponseStream responses = new ResponseStream(requests(GET.repeat(4)));
      TreeSet<Integer> ends = new TreeSet<>();
      text.inPieces(
          piece,
          (bytes, from, to) -> {
            responses.read(bytes, from, to);
            if (responses.isBetween()) {
              ends.add(to);
            }
          });

      assertThat(responses.isBroken()).isFalse();
      assertThat(responses.isOver()).isFalse();
      text.assertEnds(ends, piece);
    }
  }

  @Test
  void the_request_decides_whether_a_response_has_a_body() {
    ResponseStream responses =
        new ResponseStream(
            requests(
                "HEAD / HTTP/1.1\r\n\r\n"
                    + GET
                    + "CONNECT a:1 HTTP/1.1\r\n\r\n"
                    + "HEAD / HTTP/1.1\r\n\r\n"));

    read(responses, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    assertThat(responses.isBetween()).as("HEAD").isTrue();
    read(responses, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    assertThat(responses.isBetween()).as("GET").isFalse();
    read(responses, "hello");
    assertThat(responses.isBetween()).isTrue();
    read(responses, "HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno");
    assertThat(responses.isBetween()).as("a refused CONNECT").isTrue();
    read(responses, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    assertThat(responses.isBetween()).as("HEAD").isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x, Close\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive, close\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
      })
  void knows_after_which_response_none_follows(String last) {
    for (int piece : pieces(new Marked(last))) {
      ResponseStream responses = new ResponseStream(requests(GET + GET));
      new Marked(last + "HTTP/1.1 204 x\r\n\r\n").inPieces(piece, responses::read);

      assertThat(responses.isOver()).isTrue();
      assertThat(responses.isBetween()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CONNECT a:1 HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
      })
  void knows_after_which_request_none_follows(String last) {
    ResponseStream responses = new ResponseStream(requests(last));
    read(responses, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

    assertThat(responses.isOver()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n",
        "HTTP/1.2 200 OK\r\n",
        "HTTP/1.1 OK\r\n",
        "HTTP/1.1 2000 OK\r\n",
        "HTTP/1.1 20 OK\r\n",
        "HTTP/1.1 099 OK\r\n",
        "ICY 200 OK\r\n",
        "<html>",
        "\0",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n",
        "HTTP/1.1 204 OK\r\n\r\nHTTP/1.1 204 nobody asked\r\n\r\n",
      })
  void does_not_rely_on_anything_else(String other) {
    for (int piece : pieces(new Marked(other))) {
      ResponseStream responses = new ResponseStream(requests(GET));
      new Marked(other).inPieces(piece, responses::read);

      assertThat(responses.isBroken()).isTrue();
      assertThat(responses.isBetween()).isFalse();
    }
  }

  @Test
  void no_line_takes_memory_without_end() {
    RequestStream requests = new RequestStream();
    requests.read(ByteBuffer.wrap(Bytes.of("GET /" + "x".repeat(70_000))), 0, 70_000);
    assertThat(requests.isBroken()).isTrue();

    ResponseStream responses = new ResponseStream(requests(GET));
    read(responses, "HTTP/1.1 200 OK\r\nX: " + "x".repeat(70_000));
    assertThat(responses.isBroken()).isTrue();
  }

  @Test
  void long_lines_are_fine() {
    String target = "/" + "x".repeat(30_000);
    RequestStream requests =
        requests("GET " + target + " HTTP/1.1\r\nCookie: " + target + "\r\n\r\n");

    assertThat(requests.isBroken()).isFalse();
    assertThat(requests.isBetween()).isTrue();
  }

  private static RequestStream requests(String text) {
    RequestStream requests = new RequestStream();
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    requests.read(ByteBuffer.wrap(bytes), 0, bytes.length);
    return requests;
  }

  private static void read(ResponseStream responses, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    responses.read(ByteBuffer.wrap(bytes), 0, bytes.length);
  }

  /** Every size, so that there is a cut at every place. */
  private static List<Integer> pieces(Marked text) {
    List<Integer> sizes = new ArrayList<>();
    for (int size = 1; size <= text.text.length(); size++) {
      sizes.add(size);
    }
    return sizes;
  }

  private interface Reader {
    void read(ByteBuffer bytes, int from, int to);
  }

  private static final class Marked {
    final String text;
    int messages;
    private final TreeSet<Integer> ends = new TreeSet<>();

    Marked(String marked) {
      StringBuilder plain = new StringBuilder();
      for (char c : marked.toCharArray()) {
        if (c == '|' || c == '~') {
          ends.add(plain.length());
          messages += c == '|' ? 1 : 0;
        } else {
          plain.append(c);
        }
      }
      text = plain.toString();
    }

    void inPieces(int size, Reader reader) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
      for (int from = 0; from < text.length(); from += size) {
        reader.read(bytes, from, Math.min(text.length(), from + size));
      }
    }

    /** Those where a piece ends. */
    void assertEnds(TreeSet<Integer> found, int piece) {
      TreeSet<Integer> expected = new TreeSet<>();
      for (int end : ends) {
        if (end % piece == 0 || end == text.length()) {
          expected.add(end);
        }
      }
      assertThat(found).as("ends, in pieces of %s", piece).isEqualTo(expected);
    }
  }
}
