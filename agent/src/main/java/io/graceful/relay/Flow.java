package io.graceful.relay;

import io.graceful.os.ErrnoException;
import io.graceful.os.NativeMemory;
import io.graceful.os.SocketIo;

/**
 * One direction of a connection. What the receiver doesn't take at once is kept, and until it is
 * taken nothing more is read: so a slow receiver holds back its sender as it would without us.
 */
final class Flow {

  private final SocketIo io;
  private NativeMemory kept;
  private int from;
  private int to;
  private long bytes;
  private boolean mayHaveMissedReset;

  /** The sender has sent its last byte. */
  boolean ended;

  /** And the receiver was told so. */
  boolean endPassedOn;

  Flow(SocketIo io) {
    this.io = io;
  }

  /** Whether nothing is kept. */
  boolean isEmpty() {
    return kept == null;
  }

  /** Of all that came. */
  long bytes() {
    return bytes;
  }

  /**
   * Sends what was just read, and keeps the rest.
   *
   * @param receiver a socket
   * @return 0, or the errno with which the receiver refuses
   */
  int pass(int receiver, NativeMemory read, int length) {
    bytes += length;
    int sent = 0;
    while (sent < length) {
      int taken = io.send(receiver, read, sent, length - sent);
      if (taken == -ErrnoException.EAGAIN) {
        keep(read, sent, length);
        return 0;
      }
      if (taken < 0) {
        mayHaveMissedReset = sent > 0;
        return -taken;
      }
      sent += taken;
    }
    return 0;
  }

  private void keep(NativeMemory read, int start, int end) {
    kept = read.copy(start, end);
    from = 0;
    to = end - start;
  }

  /**
   * Sends what is kept, as far as the receiver takes it.
   *
   * @return 0, or the errno with which the receiver refuses
   */
  int flush(int receiver) {
    int started = from;
    while (kept != null) {
      int taken = io.send(receiver, kept, from, to - from);
      if (taken == -ErrnoException.EAGAIN) {
        return 0;
      }
      if (taken < 0) {
        mayHaveMissedReset = from > started;
        return -taken;
      }
      from += taken;
      if (from == to) {
        drop();
      }
    }
    return 0;
  }

  /**
   * Whether the receiver has taken a part just before it refused. If it was closed meanwhile, with
   * bytes unread, that call may have met the reset and told the part instead: the kernel tells an
   * error once, and not here (unix_stream_sendmsg, net/unix/af_unix.c).
   */
  boolean mayHaveMissedReset() {
    return mayHaveMissedReset;
  }

  /** Forgets what is kept. */
  void drop() {
    if (kept != null) {
      kept.close();
      kept = null;
    }
  }
}
