package io.graceful.it.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Requests as they go over the wire. */
public final class Request {
  /** What becomes of the connection after the response. */
  enum Afterwards {
    CLOSE,
    KEEP
  }

  private Request() {}

  /** One GET on a connection of its own, for those who want an answer rather than a load. */
  public static String get(Endpoint endpoint, String path) throws RequestFailed {
    try (Connection connection = endpoint.open(5_000, 30_000)) {
      return get(connection, path, Afterwards.CLOSE).body();
    }
  }

  static Answer get(Connection connection, String path, Afterwards afterwards)
      throws RequestFailed {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    Response response = get(connection, path, afterwards, body);
    return new Answer(response, body.toString(StandardCharsets.ISO_8859_1));
  }

  static Response get(Connection connection, String path, Afterwards afterwards, OutputStream sink)
      throws RequestFailed {
    try {
      connection
          .output()
          .write(
              Response.ascii(
                  "GET "
                      + path
                      + " HTTP/1.1\r\nHost: localhost\r\n"
                      + header(afterwards)
                      + "\r\n"));
      return Response.read(connection.input(), sink);
    } catch (IOException e) {
      throw RequestFailed.transferring("sending the request", e);
    }
  }

  /** The head of a POST; its body is the caller's to send. */
  static void post(Connection connection, String path, long length) throws IOException {
    String head =
        "POST "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n";
    connection
        .output()
        .write(
            Response.ascii(
                head + "Content-Length: " + length + "\r\n" + header(Afterwards.CLOSE) + "\r\n"));
  }

  private static String header(Afterwards afterwards) {
    return afterwards == Afterwards.CLOSE ? "Connection: close\r\n" : "";
  }

  /** A response with its body as text. */
  record Answer(Response response, String body) {}
}
