package io.graceful.it;

import io.graceful.it.load.Endpoint;
import io.graceful.it.load.Greeting;
import io.graceful.it.load.ManualClient;
import io.graceful.it.load.ManualClient.Reply;
import io.graceful.it.load.RequestFailed;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A WebSocket connection whose messages go over the wire as they are: the mask is zero (RFC 6455
 * allows any), so that a message can look like something else to whoever looks at the bytes.
 */
final class WebSocketSession implements AutoCloseable {
  private static final int FIN_AND_TEXT = 0x81;
  private static final int FIN_AND_CLOSE = 0x88;
  private static final int MASKED = 0x80;

  private final ManualClient client;

  private WebSocketSession(ManualClient client) {
    this.client = client;
  }

  static WebSocketSession open(Endpoint endpoint) throws RequestFailed {
    ManualClient client = ManualClient.connect(endpoint);
    client.sendText(
        "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    Reply reply = client.receiveReply();
    // The example of RFC 6455, section 1.3.
    String accept = reply.headers().get("sec-websocket-accept");
    if (reply.status() != 101 || !"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".equals(accept)) {
      throw new AssertionError("not a WebSocket: " + reply);
    }
    return new WebSocketSession(client);
  }

  void send(String message) throws RequestFailed {
    client.sendBytes(concatenated(head(FIN_AND_TEXT, message), bytes(message)));
  }

  /** What comes before a message, on its own. */
  void sendHead(String message) throws RequestFailed {
    client.sendBytes(head(FIN_AND_TEXT, message));
  }

  /** A message whose head has been sent. */
  void sendPayload(String message) throws RequestFailed {
    client.sendBytes(bytes(message));
  }

  /** A message whose head has been sent, and the head of the one that comes after it. */
  void sendPayloadAndHead(String message, String next) throws RequestFailed {
    client.sendBytes(concatenated(bytes(message), head(FIN_AND_TEXT, next)));
  }

  String receive() throws RequestFailed {
    int opcode = client.receiveByte();
    int length = client.receiveByte();
    if (opcode != FIN_AND_TEXT || length < 0 || length > 125) {
      throw new AssertionError("not a short text frame: " + opcode + ", " + length);
    }
    return new String(client.receiveBytes(length), StandardCharsets.UTF_8);
  }

  Greeting askWho() throws RequestFailed {
    send("who?");
    return Greeting.parse(receive());
  }

  /** The closing handshake. */
  void end() throws RequestFailed {
    client.sendBytes(head(FIN_AND_CLOSE, ""));
    int opcode = client.receiveByte();
    int length = client.receiveByte();
    int end = client.receiveByte();
    if (opcode != FIN_AND_CLOSE || length != 0 || end != -1) {
      throw new AssertionError("not closed properly: " + opcode + ", " + length + ", " + end);
    }
  }

  @Override
  public void close() {
    client.close();
  }

  private static byte[] head(int opcode, String message) {
    return new byte[] {(byte) opcode, (byte) (MASKED | bytes(message).length), 0, 0, 0, 0};
  }

  private static byte[] bytes(String message) {
    return message.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] concatenated(byte[] first, byte[] second) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(first);
    both.writeBytes(second);
    return both.toByteArray();
  }
}
