package io.graceful.relay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Text as it comes from a socket. */
final class Bytes {

  private Bytes() {}

  /** Escapes as in Java, where a test's table can't have them. */
  static byte[] of(String text) {
    return latin(text.translateEscapes());
  }

  static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** In a buffer that has other bytes before and after. */
  static ByteBuffer within(byte[] bytes, int before) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(before + bytes.length + 10);
    for (int i = 0; i < buffer.capacity(); i++) {
      buffer.put(i, (byte) "GET / HTTP/1.1\r\n\r\n".charAt(i % 18));
    }
    buffer.put(before, bytes);
    return buffer;
  }
}
