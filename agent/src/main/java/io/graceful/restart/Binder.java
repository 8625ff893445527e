package io.graceful.restart;

import io.graceful.log.Log;
import io.graceful.os.DescriptorNumber;
import io.graceful.os.Libc;
import io.graceful.sockets.BoundSockets;
import io.graceful.sockets.InheritedSockets;
import io.graceful.sockets.ListenerKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.BiPredicate;

/**
 * Answers the bind hooks: claims an inherited listener if there is one, and remembers what was
 * bound.
 */
public final class Binder implements BiPredicate<Object, Object> {

  private final BoundSockets bound;
  private final Log log;
  private volatile Inheritance inheritance;

  /** What a successor has, and a first generation only where systemd listens for it. */
  private static final class Inheritance {
    final Libc libc;
    final InheritedSockets sockets;

    Inheritance(Libc libc, InheritedSockets sockets) {
      this.libc = libc;
      this.sockets = sockets;
    }
  }

  public Binder(BoundSockets bound, Log log) {
    this.bound = bound;
    this.log = log;
  }

  public void inherit(Libc libc, InheritedSockets sockets) {
    inheritance = new Inheritance(libc, sockets);
  }

  /**
   * On the app's thread that binds. Must not throw: what we can't do, the app's own bind shall try.
   */
  @Override
  public boolean test(Object descriptor, Object address) {
    int fd = -1;
    boolean adopted = false;
    try {
      fd = DescriptorNumber.of(descriptor);
      if (fd >= 0) {
        adopted = inheritance != null && adopt(inheritance, fd, address);
        bound.record(
            fd,
            address instanceof InetSocketAddress && ((InetSocketAddress) address).getPort() == 0);
      }
    } catch (Throwable failure) {
      log.error(
          "can't look after the bind of " + address + " to descriptor " + fd + ": " + failure);
    }
    return adopted;
  }

  private boolean adopt(Inheritance inheritance, int fd, Object address) throws IOException {
    if (inheritance.libc.socketType(fd) != Libc.SOCK_STREAM) {
      return false;
    }
    ListenerKey key = ListenerKey.ofRequest(inheritance.libc, fd, address);
    if (key == null || inheritance.sockets.adopt(key, fd)) {
      return key != null;
    }
    ListenerKey other = inheritance.sockets.meantFor(key);
    if (other != null) {
      log.info(
          "the application binds "
              + key.text()
              + ", but was passed "
              + other.text()
              + ": make the addresses the same");
    }
    return false;
  }
}
