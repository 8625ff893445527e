package io.graceful.it.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** One connection in the hands of a test: sends and receives when told. */
public final class ManualClient implements AutoCloseable {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int READ_MILLIS = 60_000;

  private final Connection connection;

  private ManualClient(Connection connection) {
    this.connection = connection;
  }

  public static ManualClient connect(Endpoint endpoint) throws RequestFailed {
    return new ManualClient(endpoint.open(CONNECT_MILLIS, READ_MILLIS));
  }

  /** Sends a GET, and doesn't wait for the response. */
  public void send(String path) throws RequestFailed {
    sendText("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  /** Sends this and nothing else, in one segment if it fits. */
  public void sendText(String text) throws RequestFailed {
    sendBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public void sendBytes(byte[] bytes) throws RequestFailed {
    try {
      connection.output().write(bytes);
      connection.output().flush();
    } catch (IOException e) {
      throw RequestFailed.transferring("sending", e);
    }
  }

  /** The body of the next response, which has to have status 200. */
  public String receive() throws RequestFailed {
    try {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      Response.read(connection.input(), body);
      return body.toString(StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw RequestFailed.transferring("waiting for the response", e);
    }
  }

  /** The body of the next response of status 200, known content of this length. */
  public void receiveKnownContent(long length) throws RequestFailed {
    try {
      Response.read(connection.input(), new KnownContent(length));
    } catch (IOException e) {
      throw RequestFailed.transferring("waiting for the response", e);
    }
  }

  public Greeting receiveGreeting() throws RequestFailed {
    return Greeting.parse(receive());
  }

  /** The next response, whatever its status, also an interim one. */
  public Reply receiveReply() throws RequestFailed {
    return receiveReply(false);
  }

  /** The next response, to a HEAD: without a body, whatever length it says that one has. */
  public Reply receiveReplyToHead() throws RequestFailed {
    return receiveReply(true);
  }

  private Reply receiveReply(boolean toHead) throws RequestFailed {
    try {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      Response response = Response.readAny(connection.input(), body, toHead);
      return new Reply(
          response.status(),
          response.headers(),
          body.toString(StandardCharsets.ISO_8859_1),
          response.trailers());
    } catch (IOException e) {
      throw RequestFailed.transferring("waiting for the response", e);
    }
  }

  /** The next line, without its end. */
  public String receiveLine() throws RequestFailed {
    StringBuilder line = new StringBuilder();
    for (int b = receiveByte(); b != '\n'; b = receiveByte()) {
      if (b < 0) {
        throw new RequestFailed(Failure.TRUNCATED, "closed after \"" + line + "\"");
      }
      line.append((char) b);
    }
    return line.toString().stripTrailing();
  }

  /** The greeting of a server that speaks first. */
  public Greeting receiveHello() throws RequestFailed {
    return Greeting.parse(receiveLine().replaceFirst("^hello ", "") + "\n");
  }

  public byte[] receiveBytes(int count) throws RequestFailed {
    try {
      byte[] bytes = connection.input().readNBytes(count);
      if (bytes.length < count) {
        throw new RequestFailed(
            Failure.TRUNCATED, "closed after " + bytes.length + " of " + count + " bytes");
      }
      return bytes;
    } catch (IOException e) {
      throw RequestFailed.transferring("reading", e);
    }
  }

  /** The next byte; -1 if the server has closed the connection in good order. */
  public int receiveByte() throws RequestFailed {
    try {
      return connection.input().read();
    } catch (IOException e) {
      throw RequestFailed.transferring("reading", e);
    }
  }

  /** What the server must believe to be the client's port. */
  public int localPort() {
    return connection.localPort();
  }

  /** Whether the server has closed the connection. */
  public boolean isLeftByServer() {
    return connection.isLeftByServer();
  }

  @Override
  public void close() {
    connection.close();
  }

  /**
   * A response with its body as text.
   *
   * @param headers by lower-case name
   * @param trailers likewise
   */
  public record Reply(
      int status, Map<String, String> headers, String body, Map<String, String> trailers) {}
}
