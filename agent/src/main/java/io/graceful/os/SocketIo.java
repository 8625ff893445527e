package io.graceful.os;

/**
 * Reads and writes sockets without waiting, whatever their O_NONBLOCK says: that flag belongs to a
 * description which others share. Errors are returned, not thrown, because on a relay most of them
 * are news and not failures. Only one thread may use an instance.
 */
public final class SocketIo implements AutoCloseable {

  private static final int MSG_PEEK = 0x2;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int SHUT_WR = 1;
  private static final int SOL_SOCKET = 1;
  private static final int SO_LINGER = 13;
  private static final int FIONREAD = 0x541B;
  private static final int SIOCOUTQ = 0x5411;
  private static final int SO_SNDBUF = 7;
  private static final int POLLHUP = 0x10;
  private static final int POLLRDHUP = 0x2000;

  private final Libc libc;
  private final NativeFunction recv;
  private final NativeFunction send;
  private final NativeFunction ioctl;
  private final NativeMemory word = new NativeMemory(8);

  public SocketIo(Libc libc) {
    this.libc = libc;
    this.recv = libc.calls.function("recv", 4);
    this.send = libc.calls.function("send", 4);
    this.ioctl = libc.calls.function("ioctl", 3);
  }

  /**
   * Takes what has come.
   *
   * @return how many bytes; 0 at EOF; or a negative errno, {@code -EAGAIN} if there is nothing yet
   */
  public int receive(int fd, NativeMemory into, int length) {
    return outcome(recv.call(fd, into.address, length, MSG_DONTWAIT));
  }

  /** As {@link #receive}, and leaves it there. */
  public int peek(int fd, NativeMemory into, int length) {
    return outcome(recv.call(fd, into.address, length, MSG_DONTWAIT | MSG_PEEK));
  }

  /**
   * @return how many bytes were taken, perhaps not all; or a negative errno, {@code -EAGAIN} if the
   *     socket's buffer is full
   */
  public int send(int fd, NativeMemory from, int offset, int length) {
    return outcome(send.call(fd, from.address + offset, length, MSG_DONTWAIT | MSG_NOSIGNAL));
  }

  private int outcome(int result) {
    return result >= 0 ? result : -libc.calls.errno();
  }

  /** Tells the other side that there is nothing more to come (shutdown(2)). */
  public void finishSending(int fd) {
    // ENOTCONN: it has left already, so it needn't be told.
    libc.calls.call("shutdown", fd, SHUT_WR);
  }

  /** Bytes that have come and were not read; 0 if that can't be told. */
  public int unread(int fd) {
    return queue(fd, FIONREAD);
  }

  /**
   * Above 0 while the other side has not got all that was sent: on TCP, its kernel; on a UNIX
   * socket, the reader itself (the number is of memory there, not of bytes).
   */
  public int undelivered(int fd) {
    return queue(fd, SIOCOUTQ);
  }

  private int queue(int fd, int request) {
    return ioctl.call(fd, request, word.address) < 0 ? 0 : word.bytes.getInt(0);
  }

  /** Whether nothing can pass any more in either direction: a UNIX socket whose peer was closed. */
  public boolean isHungUp(int fd) {
    return (poll(fd, 0) & POLLHUP) != 0;
  }

  /** Whether the other side has said that it sends nothing more, or can't any more. */
  public boolean hasPeerFinished(int fd) {
    return (poll(fd, POLLRDHUP) & (POLLRDHUP | POLLHUP)) != 0;
  }

  private int poll(int fd, int events) {
    word.bytes.putInt(0, fd).putInt(4, events); // struct pollfd (poll(2))
    return (int) libc.calls.call("poll", word.address, 1, 0) > 0 ? word.bytes.getShort(6) : 0;
  }

  /**
   * Fills a UNIX socket's buffer, made as small as can be, so that no byte more can be written to
   * it until the other end has read.
   */
  public void fill(int fd, NativeMemory with, int length) {
    word.bytes.putInt(0, 1);
    libc.calls.call("setsockopt", fd, SOL_SOCKET, SO_SNDBUF, word.address, 4);
    while (send(fd, with, 0, length) > 0) {
      // A write ends where the buffer does.
    }
  }

  /** Lets the next close of a TCP connection reset it (SO_LINGER of 0 s, socket(7)). */
  public void resetOnClose(int fd) {
    setLinger(fd, 1, 0);
  }

  /**
   * Keeps close(2) from waiting for the peer, as it does with an SO_LINGER of some seconds: also on
   * a non-blocking socket. What is unsent goes out all the same.
   */
  public void neverWaitOnClose(int fd) {
    try (NativeMemory length = new NativeMemory(4)) {
      length.bytes.putInt(0, 8);
      long call =
          libc.calls.call("getsockopt", fd, SOL_SOCKET, SO_LINGER, word.address, length.address);
      if ((int) call == 0 && word.bytes.getInt(0) != 0 && word.bytes.getInt(4) != 0) {
        setLinger(fd, 0, 0);
      }
    }
  }

  private void setLinger(int fd, int on, int seconds) {
    word.bytes.putInt(0, on).putInt(4, seconds);
    // An error means that the connection is gone.
    libc.calls.call("setsockopt", fd, SOL_SOCKET, SO_LINGER, word.address, 8);
  }

  @Override
  public void close() {
    word.close();
  }
}
