package io.graceful.it.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;

/** Uploads slowly, another content each time, and compares the digest that comes back. */
final class UploadClient extends SingleRequestClient {
  private static final int PIECES = 20;

  private final SplittableRandom random;
  private final int bytes;
  private final int millis;

  UploadClient(Run run, Tally tally, int bytes, int millis, long seed) {
    super(run, tally);
    this.random = new SplittableRandom(seed);
    this.bytes = bytes;
    this.millis = millis;
  }

  @Override
  void request(Connection connection) throws RequestFailed, InterruptedException {
    byte[] content = new byte[bytes];
    random.nextBytes(content);
    send(connection, content);

    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try {
      Response.read(connection.input(), body);
    } catch (IOException e) {
      throw RequestFailed.transferring("after the upload", e);
    }
    String expected = sha256(content) + "\n";
    String answer = body.toString(StandardCharsets.ISO_8859_1);
    if (!answer.equals(expected)) {
      throw new RequestFailed(
          Failure.WRONG_BODY, "digest " + answer.strip() + ", not " + expected.strip());
    }
  }

  private void send(Connection connection, byte[] content)
      throws RequestFailed, InterruptedException {
    int sent = 0;
    try {
      Request.post(connection, "/upload", content.length);
      OutputStream out = connection.output();
      for (int piece = 1; piece <= PIECES; piece++) {
        int end = (int) ((long) content.length * piece / PIECES);
        out.write(content, sent, end - sent);
        sent = end;
        if (piece < PIECES) {
          Thread.sleep(millis / PIECES);
        }
      }
    } catch (IOException e) {
      throw RequestFailed.transferring("uploading after " + sent + " bytes", e);
    }
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
