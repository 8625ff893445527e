package io.graceful.sockets;

import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code struct tcp_info} (linux/tcp.h): what the kernel knows of a connection. Ages are in ms, to
 * a clock tick.
 */
public final class TcpInfo {

  private static final int TCP_ESTABLISHED = 1;
  private static final int TCP_CLOSE = 7;
  private static final int TCP_CLOSE_WAIT = 8;

  private final ByteBuffer info;

  private TcpInfo(byte[] info) {
    this.info = ByteBuffer.wrap(info).order(ByteOrder.nativeOrder());
  }

  public static TcpInfo of(Libc libc, int fd) throws ErrnoException {
    return new TcpInfo(libc.tcpInfo(fd));
  }

  /** Both ends may still send, or at least this one: ESTABLISHED or CLOSE_WAIT. */
  public boolean isOpen() {
    int state = info.get(0);
    return state == TCP_ESTABLISHED || state == TCP_CLOSE_WAIT;
  }

  /** CLOSE: both ends have finished, or one has reset it; only the descriptor is left. */
  public boolean isOver() {
    return info.get(0) == TCP_CLOSE;
  }

  /** CLOSE_WAIT. The end counts as one of the bytes that were received. */
  public boolean hasPeerFinished() {
    return info.get(0) == TCP_CLOSE_WAIT;
  }

  /** Segments in flight; of a listener, the connections that wait to be accepted. */
  public int unacknowledged() {
    return info.getInt(24);
  }

  /** Of a listener: how many may wait to be accepted. */
  int backlog() {
    return info.getInt(28);
  }

  /** Ms since the app's last bytes were sent; since the connection was made if there were none. */
  public long sentAgo() {
    return info.getInt(44) & 0xFFFFFFFFL;
  }

  /** Ms since the client's last bytes came. */
  public long receivedAgo() {
    return info.getInt(52) & 0xFFFFFFFFL;
  }

  /** Ms since the client last acknowledged anything. */
  public long acknowledgedAgo() {
    return info.getInt(56) & 0xFFFFFFFFL;
  }

  /** Segments that were sent again. */
  public int retransmissions() {
    return info.getInt(100);
  }

  /** Segments with data that came. */
  public int dataSegmentsReceived() {
    return info.getInt(152);
  }

  public long bytesReceived() {
    return info.getLong(128);
  }

  /**
   * Segments with data that were sent, repeats included: 0 means that nothing was ever answered.
   */
  public int dataSegmentsSent() {
    return info.getInt(156);
  }
}
