package apps;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A request body of which only the SHA-256 is kept. */
public final class Upload {

  private final MessageDigest sha256;

  public Upload() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  public static Upload readFrom(InputStream in) throws IOException {
    Upload upload = new Upload();
    byte[] buffer = new byte[16 * 1024];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      upload.add(buffer, 0, n);
    }
    return upload;
  }

  public void add(byte[] bytes, int offset, int length) {
    sha256.update(bytes, offset, length);
  }

  /** The answer to an upload: lower-case hex and a line feed. Ends the upload. */
  public String receipt() {
    StringBuilder hex = new StringBuilder();
    for (byte b : sha256.digest()) {
      hex.append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
    }
    return hex.append('\n').toString();
  }
}
