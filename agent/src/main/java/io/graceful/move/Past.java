package io.graceful.move;

import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.relay.History;
import io.graceful.sockets.TcpInfo;

/** What the kernel still knows of a connection's time before it was taken. */
final class Past {

  private static final int MOST_LOOKS = 10;

  private final TcpInfo info;
  private final int unread;
  private final int unsent;

  private Past(TcpInfo info, int unread, int unsent) {
    this.info = info;
    this.unread = unread;
    this.unsent = unsent;
  }

  static Past of(Libc libc, int client) throws ErrnoException {
    TcpInfo info = TcpInfo.of(libc, client);
    for (int look = 1; ; look++) {
      Past past = new Past(info, libc.unread(client), libc.unsent(client));
      TcpInfo after = TcpInfo.of(libc, client);
      if (after.bytesReceived() == info.bytesReceived() || look == MOST_LOOKS) {
        return past;
      }
      info = after; // Something came between the two.
    }
  }

  /** How many bytes of the client were read. */
  long consumed() {
    return info.bytesReceived() - (info.hasPeerFinished() ? 1 : 0) - unread;
  }

  /** Whether since then somebody has read from the client, or has sent it something. */
  boolean isSameAs(Past before) {
    return consumed() == before.consumed() && said() == before.said();
  }

  /** In segments. */
  private int said() {
    return info.dataSegmentsSent() - info.retransmissions();
  }

  /** The app has neither read nor written a byte. */
  boolean isFresh() {
    return info.dataSegmentsSent() == 0 && consumed() == 0;
  }

  /**
   * Quiet is a connection whose last bytes came from the app, all of them sent: then the client's
   * next ones begin a new exchange, if it does not send before it has its answer.
   */
  History history() {
    if (isFresh()) {
      return History.FRESH;
    }
    boolean isQuiet = info.dataSegmentsSent() > 0 && appSpokeLast() && unread == 0 && unsent == 0;
    return isQuiet ? History.quiet(info.sentAgo()) : History.BUSY;
  }

  /**
   * The kernel's times are in clock ticks, and a client on the same machine sends its next request
   * within one. If it had, that would have acknowledged the answer before; and it would, where each
   * message is one segment, be ahead by one.
   */
  private boolean appSpokeLast() {
    if (info.sentAgo() != info.receivedAgo()) {
      return info.sentAgo() < info.receivedAgo();
    }
    return info.unacknowledged() > 0
        || info.acknowledgedAgo() < info.receivedAgo()
        || info.dataSegmentsReceived() <= info.dataSegmentsSent();
  }
}
