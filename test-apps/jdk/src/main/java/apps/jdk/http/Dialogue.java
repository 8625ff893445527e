package apps.jdk.http;

import apps.App;
import apps.Download;
import apps.Query;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;

/** The server's side of one HTTP/1.1 connection, without the connection: bytes in, steps out. */
public final class Dialogue {

  private static final byte[] CONTINUE = ascii("HTTP/1.1 100 Continue\r\n\r\n");
  private static final byte[] BAD_REQUEST =
      ascii("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

  private final App app;
  private final IntSupplier peerPort;
  private final RequestParser parser = new RequestParser();
  private Download download = new Download(0, 0);
  private boolean isOver;

  /**
   * @param peerPort the client's port, as the connection tells it when it is asked
   */
  public Dialogue(App app, IntSupplier peerPort) {
    this.app = app;
    this.peerPort = peerPort;
  }

  /**
   * What to do next; to be asked again when that is done.
   *
   * @param in an array-backed buffer of what the client sent
   * @return null when there is nothing to do until the client sends more; all of {@code in} is
   *     consumed then, or {@link #isOver()}
   */
  public Step next(ByteBuffer in) {
    if (download.hasNext()) {
      return new Step(download.pauseMillis(), download.next());
    }
    if (isOver) {
      return null;
    }
    try {
      Request request = parser.parse(in);
      if (request != null) {
        isOver = !request.keepAlive;
        return answer(request);
      }
      return parser.takeExpectation() ? new Step(0, CONTINUE) : null;
    } catch (IllegalArgumentException e) {
      isOver = true;
      return new Step(0, BAD_REQUEST);
    }
  }

  /** True when the connection is to be closed. */
  public boolean isOver() {
    return isOver && !download.hasNext();
  }

  private Step answer(Request request) {
    if (request.is("GET", "/")) {
      return text(request, 0, app.identity());
    }
    if (request.is("GET", "/peer")) {
      return text(request, 0, app.identityFor(peerPort.getAsInt(), request.query));
    }
    if (request.is("GET", "/slow")) {
      return text(request, Query.number(request.query, "ms"), app.identity());
    }
    if (request.is("POST", "/upload")) {
      return text(request, 0, request.body.receipt());
    }
    if (request.is("GET", "/download")) {
      download = Download.of(request.query);
      return new Step(
          0, ascii(head(request, "200 OK", "application/octet-stream", download.length())));
    }
    return new Step(0, ascii(head(request, "404 Not Found", "text/plain", 0)));
  }

  private static Step text(Request request, long pauseMillis, String body) {
    return new Step(
        pauseMillis, ascii(head(request, "200 OK", "text/plain", body.length()) + body));
  }

  private static String head(Request request, String status, String type, long length) {
    String head =
        "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + length;
    if (!request.keepAlive) {
      head += "\r\nConnection: close";
    } else if (request.isHttp10) {
      head += "\r\nConnection: keep-alive";
    }
    return head + "\r\n\r\n";
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
