package io.graceful.os;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A zeroed block of C memory, freed by close. */
public final class NativeMemory implements AutoCloseable {

  final long address;
  public final ByteBuffer bytes;

  /**
   * @param size in bytes
   */
  public NativeMemory(int size) {
    address = MemoryIO.getInstance().allocateMemory(size, true);
    if (address == 0) {
      throw new OutOfMemoryError("malloc of " + size + " bytes");
    }
    bytes =
        MemoryIO.getInstance().newDirectByteBuffer(address, size).order(ByteOrder.nativeOrder());
  }

  /** The caller closes it. */
  public static NativeMemory of(byte[] content) {
    NativeMemory memory = new NativeMemory(Math.max(1, content.length));
    memory.bytes.put(content);
    return memory;
  }

  /** A C string. */
  static NativeMemory string(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    NativeMemory memory = new NativeMemory(utf8.length + 1);
    memory.bytes.put(utf8);
    return memory;
  }

  /** A part of it, in a block of its own that the caller closes. */
  public NativeMemory copy(int from, int to) {
    NativeMemory copy = new NativeMemory(to - from);
    ByteBuffer part = bytes.duplicate();
    part.limit(to);
    part.position(from);
    copy.bytes.duplicate().put(part);
    return copy;
  }

  byte[] toArray(int length) {
    byte[] copy = new byte[length];
    ByteBuffer view = bytes.duplicate();
    view.clear();
    view.get(copy);
    return copy;
  }

  @Override
  public void close() {
    MemoryIO.getInstance().freeMemory(address);
  }
}
