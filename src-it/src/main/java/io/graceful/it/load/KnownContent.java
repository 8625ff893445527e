package io.graceful.it.load;

import java.io.OutputStream;

/**
 * A sink that knows every byte of a download: byte i is {@code (byte) ((i * 31) ^ (i >>> 8) * 17)},
 * as the test apps send it.
 */
final class KnownContent extends OutputStream {
  private final long length;
  private long position;

  KnownContent(long length) {
    this.length = length;
  }

  static byte at(long i) {
    return (byte) ((i * 31) ^ (i >>> 8) * 17);
  }

  @Override
  public void write(int b) throws Response.WrongBody {
    if (position >= length) {
      throw new Response.WrongBody("more than " + length + " bytes");
    }
    if ((byte) b != at(position)) {
      throw new Response.WrongBody(
          "byte " + position + " is " + (b & 0xff) + ", not " + (at(position) & 0xff));
    }
    position++;
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws Response.WrongBody {
    for (int i = offset; i < offset + count; i++) {
      write(bytes[i]);
    }
  }

  @Override
  public void close() throws Response.WrongBody {
    if (position != length) {
      throw new Response.WrongBody("complete after " + position + " bytes, not " + length);
    }
  }
}
