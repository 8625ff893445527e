package apps;

/** Content that a client can check without having seen it: each byte follows from its offset. */
public final class KnownContent {

  private KnownContent() {}

  public static byte at(long i) {
    return (byte) ((i * 31) ^ (i >>> 8) * 17);
  }

  /** The {@code length} bytes that begin at {@code offset}. */
  public static byte[] slice(long offset, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = at(offset + i);
    }
    return bytes;
  }
}
