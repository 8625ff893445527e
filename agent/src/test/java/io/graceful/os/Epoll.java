package io.graceful.os;

import java.util.ArrayList;
import java.util.List;

/** An epoll instance as native code uses it: epoll(7). */
public final class Epoll implements AutoCloseable {

  public static final int IN = 1;
  public static final int ONE_SHOT = 1 << 30;
  public static final int EDGE = 1 << 31;

  private static final int CLOEXEC = 0x80000;
  private static final int ADD = 1;
  private static final int MOD = 3;
  private static final int MOST = 8;

  private final Libc libc;
  private final int fd;
  private final int eventBytes;
  private final int dataOffset;

  public Epoll(Libc libc) throws ErrnoException {
    this.libc = libc;
    this.fd = libc.calls.check("epoll_create1", CLOEXEC);
    boolean packed = System.getProperty("os.arch").equals("amd64");
    this.eventBytes = packed ? 12 : 16;
    this.dataOffset = packed ? 4 : 8;
  }

  public void add(int watched, int events, long data) throws ErrnoException {
    control(ADD, watched, events, data);
  }

  /** After a one-shot entry has fired, as NIO.2 does it: EPollPort.startPoll. */
  public void rearm(int watched, int events, long data) throws ErrnoException {
    try {
      control(MOD, watched, events, data);
    } catch (ErrnoException failure) {
      if (failure.errno() != ErrnoException.ENOENT) {
        throw failure;
      }
      add(watched, events, data);
    }
  }

  private void control(int operation, int watched, int events, long data) throws ErrnoException {
    try (NativeMemory event = new NativeMemory(16)) {
      event.bytes.putInt(0, events).putLong(dataOffset, data);
      libc.calls.check("epoll_ctl", fd, operation, watched, event.address);
    }
  }

  /** The data of what is ready now. */
  public List<Long> ready() throws ErrnoException {
    List<Long> ready = new ArrayList<>();
    try (NativeMemory events = new NativeMemory(16 * MOST)) {
      int count = libc.calls.check("epoll_wait", fd, events.address, MOST, 0);
      for (int i = 0; i < count; i++) {
        ready.add(events.bytes.getLong(i * eventBytes + dataOffset));
      }
    }
    return ready;
  }

  @Override
  public void close() {
    libc.close(fd);
  }
}
