package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The socket on which a service manager hears its services. */
public final class NotifyReceiver implements AutoCloseable {

  private static final int LIMIT_MILLIS = 30_000;

  private final FdMessages messages = new FdMessages(LIBC);
  private final int fd;

  /**
   * @param name a path, or @ and an abstract name
   */
  public NotifyReceiver(String name) throws ErrnoException {
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer address = ByteBuffer.allocate(2 + text.length).order(ByteOrder.nativeOrder());
    address.putShort((short) Libc.AF_UNIX).put(text);
    if (name.startsWith("@")) {
      address.put(2, (byte) 0);
    }
    fd = LIBC.calls.check("socket", Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
    try (NativeMemory memory = NativeMemory.of(address.array())) {
      LIBC.calls.check("bind", fd, memory.address, address.capacity());
    }
  }

  /** Waits for the next message, without its descriptor. */
  public String next() throws IOException {
    FdMessages.Packet packet = nextPacket();
    if (packet.fd >= 0) {
      LIBC.close(packet.fd);
    }
    return new String(packet.bytes, StandardCharsets.UTF_8);
  }

  /** The caller closes its descriptor. */
  public FdMessages.Packet nextPacket() throws IOException {
    if (!Reactor.awaitReadable(LIBC, fd, LIMIT_MILLIS)) {
      throw new AssertionError("no message within " + LIMIT_MILLIS + " ms");
    }
    return messages.receive(fd);
  }

  /** Whether there is nothing that was not taken. */
  public boolean isEmpty() {
    return !Reactor.awaitReadable(LIBC, fd, 0);
  }

  @Override
  public void close() {
    LIBC.close(fd);
  }
}
