package io.graceful.os;

/**
 * An epoll instance (epoll(7)) and what it last reported, for thousands of descriptors: nothing in
 * it grows with their number, and waiting makes no garbage. Only one thread may use it.
 */
public final class Poller implements AutoCloseable {

  public static final int IN = 1;
  public static final int OUT = 4;
  public static final int ERROR = 8;
  public static final int HANG_UP = 0x10;

  /** The other side has sent its last byte (EPOLLRDHUP). */
  public static final int PEER_FINISHED = 0x2000;

  /** Reported once per change, not for as long as it lasts (EPOLLET). */
  public static final int EDGE = 1 << 31;

  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLL_CTL_DEL = 2;
  private static final int EPOLL_CTL_MOD = 3;
  private static final int EPOLL_CLOEXEC = 0x80000;

  private final Libc libc;
  private final NativeFunction epollWait;
  private final NativeFunction epollCtl;
  private final int epoll;
  private final int most;
  private final int eventBytes;
  private final int dataOffset;
  private final NativeMemory ready;
  private final NativeMemory event;

  /**
   * @param most events that one {@link #await} reports; more are left to the next
   */
  public Poller(Libc libc, int most) throws ErrnoException {
    this.libc = libc;
    this.most = most;
    this.epollWait = libc.calls.function("epoll_wait", 4);
    this.epollCtl = libc.calls.function("epoll_ctl", 4);
    // struct epoll_event is packed on x86-64 only (sys/epoll.h).
    this.eventBytes = libc.arch() == Arch.X86_64 ? 12 : 16;
    this.dataOffset = libc.arch() == Arch.X86_64 ? 4 : 8;
    int low = libc.calls.check("epoll_create1", EPOLL_CLOEXEC);
    try {
      this.epoll = libc.duplicate(low);
    } finally {
      libc.close(low);
    }
    this.ready = new NativeMemory(eventBytes * most);
    this.event = new NativeMemory(16);
  }

  /**
   * The caller keeps owning the descriptor, and {@link #remove removes} it before closing it.
   *
   * @param data what {@link #data} tells of its events
   */
  public void add(int fd, int events, long data) throws ErrnoException {
    control(EPOLL_CTL_ADD, fd, events, data);
  }

  /** Of an edge, this reports again what lasts at this moment. */
  public void modify(int fd, int events, long data) throws ErrnoException {
    control(EPOLL_CTL_MOD, fd, events, data);
  }

  public void remove(int fd) throws ErrnoException {
    control(EPOLL_CTL_DEL, fd, 0, 0);
  }

  private void control(int operation, int fd, int events, long data) throws ErrnoException {
    event.bytes.putInt(0, events).putLong(dataOffset, data);
    if (epollCtl.call(epoll, operation, fd, event.address) < 0) {
      throw new ErrnoException("epoll_ctl", libc.calls.errno());
    }
  }

  /**
   * Waits for events.
   *
   * @param timeoutMillis -1 for as long as it takes
   * @return how many there are; 0 also when a signal came
   */
  public int await(int timeoutMillis) throws ErrnoException {
    int count = epollWait.call(epoll, ready.address, most, timeoutMillis);
    if (count < 0) {
      int errno = libc.calls.errno();
      if (errno == ErrnoException.EINTR) {
        return 0;
      }
      throw new ErrnoException("epoll_wait", errno);
    }
    return count;
  }

  /** What happened, of the index-th of those that were awaited. */
  public int events(int index) {
    return ready.bytes.getInt(index * eventBytes);
  }

  /** To which descriptor it happened: the data given with it. */
  public long data(int index) {
    return ready.bytes.getLong(index * eventBytes + dataOffset);
  }

  @Override
  public void close() {
    libc.close(epoll);
    ready.close();
    event.close();
  }
}
