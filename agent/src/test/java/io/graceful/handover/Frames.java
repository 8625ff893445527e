package io.graceful.handover;

import java.io.IOException;

/** The wire format, for tests of other packages. */
public final class Frames {

  private Frames() {}

  public static byte[] encode(Frame.Type type, int number, String text) throws IOException {
    return new Frame(type, number, text).encode();
  }

  public static Frame decode(byte[] packet) throws IOException {
    return Frame.decode(packet);
  }
}
