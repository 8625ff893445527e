package io.graceful.sockets;

import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.channels.Channel;
import java.util.List;

/** Finds what the JDK hides: the descriptor numbers of its sockets. */
public final class Descriptors {

  private Descriptors() {}

  public static int of(Channel channel) throws ReflectiveOperationException {
    Method number = channel.getClass().getMethod("getFDVal");
    number.setAccessible(true);
    return (int) number.invoke(channel);
  }

  /** Of the one listener on this port, TCP and in this JVM. */
  public static int ofListener(Libc libc, int port) throws IOException {
    for (int fd : ProcFs.openDescriptors()) {
      if (ProcFs.socketInode(fd) >= 0
          && libc.socketDomain(fd) != Libc.AF_UNIX
          && libc.isListening(fd)
          && ListenerKey.ofBound(libc, fd).port() == port) {
        return fd;
      }
    }
    throw new AssertionError("nobody listens on port " + port);
  }

  /** The listener as the kernel shows it. */
  public static Listener listener(Libc libc, int fd) throws IOException {
    BoundSockets bound = new BoundSockets();
    bound.record(fd, false);
    List<Listener> found = LiveListeners.scan(libc, bound).handedOver();
    if (found.size() != 1) {
      throw new AssertionError("expected descriptor " + fd + ", found " + found);
    }
    return found.get(0);
  }
}
