package io.graceful.relay;

import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.Poller;
import java.util.concurrent.TimeUnit;

/**
 * One of a connection's two descriptors, and what epoll has told of it. That reports edges, so what
 * it reported is remembered here until a read finds nothing more: whatever is held back costs no
 * time.
 */
final class Side {

  private static final int CLOSED = -1;
  private static final int EVENTS = Poller.IN | Poller.PEER_FINISHED | Poller.EDGE;
  private static final int READABLE =
      Poller.IN | Poller.PEER_FINISHED | Poller.HANG_UP | Poller.ERROR;

  private final Libc libc;
  private final Poller poller;
  private final long data;
  private int fd;
  private boolean awaitsRoom;

  /** A read may find something. */
  boolean isReadable;

  /** It has sent its last byte. */
  boolean hasFinished;

  /** It can't receive any more either: a UNIX socket that was closed. */
  boolean hasHungUp;

  /** When it has sent something last, as System.nanoTime. */
  long spokeAt;

  /**
   * @param data of its events
   */
  Side(Libc libc, Poller poller, int fd, long data) {
    this.libc = libc;
    this.poller = poller;
    this.fd = fd;
    this.data = data;
  }

  void register() throws ErrnoException {
    poller.add(fd, EVENTS, data);
  }

  int fd() {
    return fd;
  }

  boolean isOpen() {
    return fd != CLOSED;
  }

  void onEvents(int events) {
    isReadable |= (events & READABLE) != 0;
    hasFinished |= (events & Poller.PEER_FINISHED) != 0;
    hasHungUp |= (events & Poller.HANG_UP) != 0;
  }

  void speaks() {
    spokeAt = System.nanoTime();
  }

  long silentMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - spokeAt);
  }

  /**
   * Asks to be told when there is room to write, but only while we wait: apps read all the time.
   */
  void awaitRoom(boolean await) {
    if (await == awaitsRoom || !isOpen()) {
      return;
    }
    awaitsRoom = await;
    try {
      poller.modify(fd, await ? EVENTS | Poller.OUT : EVENTS, data);
    } catch (ErrnoException notOurs) {
      throw new IllegalStateException(notOurs); // It was added, so somebody else has closed it.
    }
  }

  /** The caller owns it then. */
  int giveAway() {
    int given = fd;
    unregister();
    fd = CLOSED;
    return given;
  }

  void close() {
    if (isOpen()) {
      libc.close(giveAway());
    }
  }

  void unregister() {
    try {
      poller.remove(fd);
    } catch (ErrnoException notThere) {
      // Nothing will be reported, and that was wanted.
    }
  }
}
