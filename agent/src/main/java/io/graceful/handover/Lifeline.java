package io.graceful.handover;

import io.graceful.os.ErrnoException;
import io.graceful.os.FdMessages;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.os.Reactor;
import io.graceful.os.SpawnRequest;
import java.io.EOFException;
import java.io.IOException;

/**
 * The connection between predecessor and successor, and the one sign of each other's life: EOF is
 * death.
 *
 * <p>The successor finds it as descriptor 3 and knows it by its name, so nothing of it shows in the
 * environment or on the command line.
 */
public final class Lifeline implements AutoCloseable {

  private static final String NAME = "graceful-lifeline-";

  private final Libc libc;
  private final FdMessages messages;
  private final int fd;

  private Lifeline(Libc libc, int fd) {
    this.libc = libc;
    this.messages = new FdMessages(libc);
    this.fd = fd;
  }

  /** A frame and its descriptor, or -1. Whoever takes the descriptor closes it. */
  public static final class Received {
    public final Frame frame;
    public final int fd;

    Received(Frame frame, int fd) {
      this.frame = frame;
      this.fd = fd;
    }
  }

  /**
   * Both ends, for a predecessor: it keeps the first, and closes the second when the successor has
   * it.
   */
  public static Lifeline[] pair(Libc libc) throws IOException {
    int[] low = libc.packetPair();
    try {
      libc.bindAbstract(low[1], NAME + ProcFs.pid() + "-" + Long.toHexString(System.nanoTime()));
      int ours = libc.duplicate(low[0]);
      try {
        return new Lifeline[] {
          new Lifeline(libc, ours), new Lifeline(libc, libc.duplicate(low[1]))
        };
      } catch (ErrnoException full) {
        libc.close(ours);
        throw full;
      }
    } finally {
      libc.close(low[0]);
      libc.close(low[1]);
    }
  }

  /**
   * Whether this process is a successor. Needs nothing native, so that it works even when loading
   * that fails.
   */
  public static boolean isInherited() {
    return ProcFs.unixSocketName(SpawnRequest.INHERITED_FD).startsWith("@" + NAME);
  }

  /**
   * The successor's end. Moves it out of the way, so that the app's children don't get it.
   *
   * @throws IOException also if it was made by another user's process
   */
  public static Lifeline inherited(Libc libc) throws IOException {
    int fd = SpawnRequest.INHERITED_FD;
    int uid = libc.peerCredentials(fd)[1];
    if (uid != libc.effectiveUser()) {
      throw new IOException("descriptor " + fd + " comes from a process of user " + uid);
    }
    return received(libc, fd);
  }

  /** The successor's end, from whoever passed it; in place of that descriptor. */
  public static Lifeline received(Libc libc, int fd) throws IOException {
    try {
      return new Lifeline(libc, libc.duplicate(fd));
    } finally {
      libc.close(fd);
    }
  }

  /** The predecessor's pid, for its successor (SO_PEERCRED). */
  public int makerPid() throws ErrnoException {
    return libc.peerCredentials(fd)[0];
  }

  public int fd() {
    return fd;
  }

  public void send(Frame frame) throws IOException {
    send(frame, -1);
  }

  /**
   * @param passed goes along as a duplicate; -1 for none
   * @throws EOFException if the other process is gone
   */
  public void send(Frame frame, int passed) throws IOException {
    try {
      messages.send(fd, frame.encode(), passed);
    } catch (ErrnoException failure) {
      if (failure.errno() == ErrnoException.EPIPE || failure.errno() == ErrnoException.ECONNRESET) {
        throw new EOFException(failure.getMessage());
      }
      throw failure;
    }
  }

  /**
   * The next frame, without waiting.
   *
   * @return null if there is none yet
   * @throws EOFException if the other process is gone
   */
  public Received receive() throws IOException {
    FdMessages.Packet packet;
    try {
      packet = messages.receive(fd);
    } catch (ErrnoException failure) {
      if (failure.errno() == ErrnoException.ECONNRESET) {
        throw new EOFException();
      }
      throw failure;
    }
    if (packet == null) {
      return null;
    }
    try {
      if (packet.bytes.length == 0) {
        throw new EOFException();
      }
      return new Received(Frame.decode(packet.bytes), packet.fd);
    } catch (IOException noFrame) {
      if (packet.fd >= 0) {
        libc.close(packet.fd);
      }
      throw noFrame;
    }
  }

  /**
   * As {@link #receive()}, but waits.
   *
   * @throws IOException also if nothing came in time
   */
  public Received await(int timeoutMillis) throws IOException {
    long deadline = System.nanoTime() + timeoutMillis * 1_000_000L;
    while (true) {
      Received received = receive();
      if (received != null) {
        return received;
      }
      long left = (deadline - System.nanoTime()) / 1_000_000L;
      if (left <= 0) {
        throw new IOException("no answer for " + timeoutMillis + " ms");
      }
      Reactor.awaitReadable(libc, fd, (int) left + 1);
    }
  }

  @Override
  public void close() {
    libc.close(fd);
  }
}
