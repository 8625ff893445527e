package io.graceful.hooks;

import net.bytebuddy.jar.asm.MethodVisitor;

/**
 * Where the descriptor of a connection is closed, or its place in an epoll changes. Each is a
 * native call between two of the {@link Bridge}. There is no handler for exceptions, which would
 * need to know the method around it: the guard must bear with a call that throws and does not come
 * back.
 */
final class GuardHooks {

  static final String UNIX_DISPATCHER = "sun/nio/ch/UnixDispatcher";
  static final String SOCKET_DISPATCHER = "sun/nio/ch/SocketDispatcher";
  static final String PLAIN_SOCKET = "java/net/AbstractPlainSocketImpl";
  static final String SOCKET_CLEANABLE = "java/net/SocketCleanable";
  static final String EPOLL_WRAPPER = "sun/nio/ch/EPollArrayWrapper";
  static final String EPOLL_SELECTOR = "sun/nio/ch/EPollSelectorImpl";
  static final String EPOLL_PORT = "sun/nio/ch/EPollPort";
  static final String EPOLL_POLLER = "sun/nio/ch/EPollPoller";

  /** Ends of names: the package may have been moved into another. */
  static final String NETTYS_DESCRIPTOR = "/netty/channel/unix/FileDescriptor";

  static final String NETTYS_EPOLL = "/netty/channel/epoll/Native";

  private static final String CLOSE = "close0(Ljava/io/FileDescriptor;)V";
  private static final String PRE_CLOSE = "preClose0(Ljava/io/FileDescriptor;)V";

  /** NIO, NIO.2, and java.net's sockets from JDK 13 on. */
  private static final CallHook UNIX_CLOSE = new Guarded(UNIX_DISPATCHER, null, CLOSE);

  private static final CallHook UNIX_PRE_CLOSE = new Guarded(UNIX_DISPATCHER, null, PRE_CLOSE);

  /** JDK 8's selectors. */
  private static final CallHook EPOLL_ARRAY = new Guarded(EPOLL_WRAPPER, null, "epollCtl(IIII)V");

  static final Hook[] ALL = {
    UNIX_CLOSE,
    UNIX_PRE_CLOSE,
    // Up to JDK 20.
    new Guarded(SOCKET_DISPATCHER, UNIX_CLOSE, CLOSE),
    new Guarded(SOCKET_DISPATCHER, UNIX_PRE_CLOSE, PRE_CLOSE),
    // java.net's sockets up to JDK 12, and up to 17 with jdk.net.usePlainSocketImpl.
    new Guarded(PLAIN_SOCKET, null, "socketClose0(Z)V"),
    // Those that nobody closes.
    new Guarded(SOCKET_CLEANABLE, null, "cleanupClose0(I)V"),
    // Selectors, NIO.2, virtual threads.
    EPOLL_ARRAY,
    new Guarded(EPOLL_SELECTOR, EPOLL_ARRAY, "ctl(IIII)I"),
    new Guarded(EPOLL_PORT, null, "ctl(IIII)I", "epollCtl(IIII)I"),
    new Guarded(EPOLL_POLLER, null, "ctl(IIII)I"),
    // The epoll itself, whose number could become another's.
    new Guarded(EPOLL_WRAPPER, null, "closeIntFD(I)V"),
    new Guarded(EPOLL_SELECTOR, null, "closeIntFD(I)V"),
    new Guarded(EPOLL_PORT, null, "closeIntFD(I)V", "close0(I)V"),
    // Netty's native transport, also where the package was moved into another; all that it closes.
    new Guarded("*" + NETTYS_DESCRIPTOR, null, "close(I)I"),
    new Guarded("*" + NETTYS_EPOLL, null, "epollCtlAdd0(III)I"),
    new Guarded("*" + NETTYS_EPOLL, null, "epollCtlMod0(III)I"),
    new Guarded("*" + NETTYS_EPOLL, null, "epollCtlDel0(II)I"),
  };

  private GuardHooks() {}

  private static final class Guarded extends CallHook {

    Guarded(String owner, CallHook elsewhere, String... calls) {
      super(owner, elsewhere, calls);
    }

    @Override
    void replace(MethodVisitor code, Call call) {
      callBridge(code, "enterGuarded", "()V");
      call.write(code);
      callBridge(code, "leaveGuarded", "()V");
    }
  }
}
