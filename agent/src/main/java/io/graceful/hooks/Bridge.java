package io.graceful.hooks;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.locks.Lock;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/**
 * What hooked code calls, from whatever class loader. At run time this class is defined into
 * java.base under the name {@link BridgeDefiner#NAME}, in the one package that everybody sees; so
 * it may use JDK types only. Without a delegate every call answers "not mine", and the JDK goes on
 * as always.
 */
public final class Bridge {

  /**
   * Asked before a bind: a FileDescriptor or an Integer, and a SocketAddress or a path as a String.
   */
  public static volatile BiPredicate<Object, Object> binder;

  /** Asked before a file is deleted: its path. */
  public static volatile Predicate<String> keeper;

  /**
   * Told of each TCP connection that was accepted, before the caller looks at it: a FileDescriptor
   * or an Integer, and where the caller will read the remote address, which is an array of one
   * InetSocketAddress, a SocketImpl, or Netty's array of bytes; Netty's may be of a UNIX socket
   * too. Must not throw.
   */
  public static volatile BiConsumer<Object, Object> acceptor;

  /** Told of each TCP connection that is about to be made: the port of the other side. */
  public static volatile IntConsumer connector;

  /**
   * Held in calls that close a socket or change its place in an epoll. Such a call may throw, and
   * does not unlock then. Set once.
   */
  public static volatile Lock guard;

  private Bridge() {}

  /** True if the socket is bound now, so that the real bind must not happen. */
  public static boolean bind(Object fd, Object address) {
    BiPredicate<Object, Object> delegate = binder;
    return delegate != null && delegate.test(fd, address);
  }

  public static boolean bind(Object fd, InetAddress address, int port) {
    return binder != null && bind(fd, new InetSocketAddress(address, port));
  }

  public static boolean bindPath(Object fd, Object path) {
    return binder != null && bind(fd, path.toString());
  }

  /** True if the file stays, although the caller wants it deleted. */
  public static boolean keeps(Object path) {
    Predicate<String> delegate = keeper;
    return delegate != null && delegate.test(path.toString());
  }

  /**
   * @param status of the call that accepts; positive if there is a connection
   */
  public static int accepted(Object fd, Object remote, int status) {
    BiConsumer<Object, Object> delegate = acceptor;
    if (status > 0 && delegate != null) {
      delegate.accept(fd, remote);
    }
    return status;
  }

  /**
   * @param fd negative if there is no connection
   */
  public static int accepted(Object remote, int fd) {
    BiConsumer<Object, Object> delegate = acceptor;
    if (fd >= 0 && delegate != null) {
      delegate.accept(fd, remote);
    }
    return fd;
  }

  public static void connecting(int port) {
    IntConsumer delegate = connector;
    if (delegate != null) {
      delegate.accept(port);
    }
  }

  public static void enterGuarded() {
    Lock lock = guard;
    if (lock != null) {
      lock.lock();
    }
  }

  public static void leaveGuarded() {
    Lock lock = guard;
    if (lock != null) {
      lock.unlock();
    }
  }
}
