package apps.jdk.http;

import java.nio.ByteBuffer;

/** Bytes to write, and how long to wait before that. */
public final class Step {

  public final long pauseMillis;
  public final ByteBuffer bytes;

  Step(long pauseMillis, byte[] bytes) {
    this.pauseMillis = pauseMillis;
    this.bytes = ByteBuffer.wrap(bytes);
  }
}
