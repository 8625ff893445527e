package io.graceful.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Sockets with a path, or an abstract name (unix(7)), by descriptor number. */
public final class UnixSockets {

  /** {@code sun_path} of {@code struct sockaddr_un}, with its final zero. */
  public static final int LONGEST_PATH = 107;

  private static final int BACKLOG = 16;

  private final Libc libc;

  public UnixSockets(Libc libc) {
    this.libc = libc;
  }

  /**
   * A non-blocking listener with a high number. The caller closes it, and removes the path.
   *
   * @throws IOException if the path is too long, or exists
   */
  public int listen(Path path) throws IOException {
    byte[] address = address(path);
    int fd = socket(Libc.SOCK_NONBLOCK);
    try (NativeMemory memory = NativeMemory.of(address)) {
      libc.calls.check("bind", fd, memory.address, address.length);
      libc.calls.check("listen", fd, BACKLOG);
      return libc.duplicate(fd);
    } catch (ErrnoException failure) {
      throw new IOException("can't listen on " + path + ": " + failure.getMessage(), failure);
    } finally {
      libc.close(fd);
    }
  }

  /**
   * The next client, non-blocking; the caller closes it. -1 if there is none.
   *
   * @throws ErrnoException if there is one, but no descriptor for it
   */
  public int accept(int listener) throws ErrnoException {
    int flags = Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC;
    int fd = (int) libc.calls.call("accept4", listener, 0, 0, flags);
    if (fd >= 0) {
      return fd;
    }
    int errno = libc.calls.errno();
    if (errno == ErrnoException.EMFILE || errno == ErrnoException.ENFILE) {
      throw new ErrnoException("accept", errno);
    }
    return -1; // Gone again, or none (accept(2)).
  }

  /**
   * A non-blocking connection. The caller closes it.
   *
   * @throws ErrnoException ECONNREFUSED if nobody listens on the path any more; EAGAIN if somebody
   *     does, but has not accepted so many that others would have to wait (unix(7))
   */
  public int connect(Path path) throws IOException {
    byte[] address = address(path);
    int fd = socket(Libc.SOCK_NONBLOCK);
    try (NativeMemory memory = NativeMemory.of(address)) {
      libc.calls.check("connect", fd, memory.address, address.length);
      return fd;
    } catch (ErrnoException failure) {
      libc.close(fd);
      throw failure;
    }
  }

  /**
   * A non-blocking socket whose datagrams go there. The caller closes it.
   *
   * @param name a path, or @ and a name in the abstract namespace
   */
  public int datagramsTo(String name) throws IOException {
    byte[] address = name.startsWith("@") ? abstractAddress(name) : address(name);
    int fd =
        libc.calls.check(
            "socket", Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0);
    try (NativeMemory memory = NativeMemory.of(address)) {
      libc.calls.check("connect", fd, memory.address, address.length);
      return fd;
    } catch (ErrnoException failure) {
      libc.close(fd);
      throw failure;
    }
  }

  private int socket(int flags) throws ErrnoException {
    return libc.calls.check(
        "socket", Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC | flags, 0);
  }

  private static byte[] address(Path path) throws IOException {
    return address(path.toString());
  }

  /** With a zero behind the path. */
  private static byte[] address(String path) throws IOException {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    return address(path, name, 2 + name.length + 1);
  }

  /** With a zero in the place of the @; it ends where the name ends. */
  private static byte[] abstractAddress(String text) throws IOException {
    byte[] name = text.getBytes(StandardCharsets.UTF_8);
    byte[] address = address(text, name, 2 + name.length);
    address[2] = 0;
    return address;
  }

  private static byte[] address(String text, byte[] name, int length) throws IOException {
    if (name.length > LONGEST_PATH) {
      throw new IOException(
          text + " is too long for a socket: " + name.length + " bytes, at most " + LONGEST_PATH);
    }
    byte[] address = new byte[length];
    java.nio.ByteBuffer.wrap(address)
        .order(java.nio.ByteOrder.nativeOrder())
        .putShort((short) Libc.AF_UNIX);
    System.arraycopy(name, 0, address, 2, name.length);
    return address;
  }
}
