package io.graceful.it.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** One keep-alive connection in the hands of a test: sends and receives when told. */
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
    try {
      connection
          .output()
          .write(Response.ascii("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    } catch (IOException e) {
      throw RequestFailed.transferring("sending the request", e);
    }
  }

  /** The body of the next response. */
  public String receive() throws RequestFailed {
    try {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      Response.read(connection.input(), body);
      return body.toString(StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw RequestFailed.transferring("waiting for the response", e);
    }
  }

  public Greeting receiveGreeting() throws RequestFailed {
    return Greeting.parse(receive());
  }

  /** Whether the server has closed the connection. */
  public boolean isLeftByServer() {
    return connection.isLeftByServer();
  }

  @Override
  public void close() {
    connection.close();
  }
}
