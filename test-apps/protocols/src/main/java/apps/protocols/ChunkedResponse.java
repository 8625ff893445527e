package apps.protocols;

import apps.App;
import apps.Query;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A body in chunks, with what can be said of it only afterwards in trailers. */
final class ChunkedResponse {

  private final App app;
  private final OutputStream out;

  ChunkedResponse(App app, OutputStream out) {
    this.app = app;
    this.out = out;
  }

  void send(String head, String query) throws IOException {
    HttpConversation.write(
        out,
        head.replaceFirst(
            "\r\n\r\n$", "\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sha-256, X-From\r\n\r\n"));
    MessageDigest sha256 = sha256();
    long chunks = Query.number(query, "n");
    for (long i = 1; i <= chunks; i++) {
      String chunk = "chunk " + i + " of " + chunks + "\n";
      sha256.update(chunk.getBytes("US-ASCII"));
      HttpConversation.write(out, Integer.toHexString(chunk.length()) + "\r\n" + chunk + "\r\n");
      App.sleep(Query.number(query, "ms"));
    }
    StringBuilder hex = new StringBuilder();
    for (byte b : sha256.digest()) {
      hex.append(String.format("%02x", b));
    }
    HttpConversation.write(
        out, "0\r\nX-Sha-256: " + hex + "\r\nX-From: " + app.identity().trim() + "\r\n\r\n");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
