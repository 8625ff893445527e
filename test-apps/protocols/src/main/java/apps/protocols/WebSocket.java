package apps.protocols;

import apps.App;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * Sends every message back (RFC 6455), but says who it is if asked "who?". Messages of one frame
 * each, of less than 64 KiB.
 */
final class WebSocket {

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int FIN = 0x80;
  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int LENGTH_IN_16_BITS = 126;

  private final App app;
  private final DataInputStream in;
  private final OutputStream out;

  WebSocket(App app, Client client) {
    this.app = app;
    this.in = new DataInputStream(client.in());
    this.out = client.out();
  }

  void serve(RequestHead request) throws IOException {
    HttpConversation.write(
        out,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + accept(request.exactHeader("sec-websocket-key"))
            + "\r\n\r\n");
    int opcode;
    do {
      opcode = in.readUnsignedByte() & 0xf;
      byte[] payload = payload();
      if (opcode == PING) {
        send(PONG, payload);
      } else if (new String(payload, StandardCharsets.UTF_8).equals("who?")) {
        send(TEXT, app.identity().getBytes(StandardCharsets.UTF_8));
      } else {
        send(opcode, payload);
      }
    } while (opcode != CLOSE);
  }

  private byte[] payload() throws IOException {
    int length = in.readUnsignedByte() & 0x7f;
    if (length == LENGTH_IN_16_BITS) {
      length = in.readUnsignedShort();
    } else if (length > LENGTH_IN_16_BITS) {
      throw new IOException("a frame too long");
    }
    byte[] mask = new byte[4];
    in.readFully(mask);
    byte[] payload = new byte[length];
    in.readFully(payload);
    for (int i = 0; i < length; i++) {
      payload[i] ^= mask[i % 4];
    }
    return payload;
  }

  private void send(int opcode, byte[] payload) throws IOException {
    java.io.ByteArrayOutputStream frame = new java.io.ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(frame);
    data.writeByte(FIN | opcode);
    if (payload.length < LENGTH_IN_16_BITS) {
      data.writeByte(payload.length);
    } else {
      data.writeByte(LENGTH_IN_16_BITS);
      data.writeShort(payload.length);
    }
    data.write(payload);
    out.write(frame.toByteArray());
  }

  private static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
