package io.graceful.hooks.program;

import io.graceful.hooks.Hooks;
import io.graceful.os.EpollRegistration;
import io.graceful.os.JavaBase;
import io.graceful.os.ProcFs;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.ProtectionDomain;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Closes sockets and changes their places in epolls in every way there is, while the guard is ours,
 * and prints whether each waited and then went on.
 */
public final class GuardedProgram {

  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final SocketAddress ANY = new InetSocketAddress(LOOPBACK, 0);

  /** Stricter than ours: it complains if it is unlocked by a thread that has not locked it. */
  private static final ReentrantReadWriteLock GUARD = new ReentrantReadWriteLock();

  private static final AtomicInteger CHANGED_AGAIN = new AtomicInteger();

  private static Hooks hooks;

  private GuardedProgram() {}

  public static void premain(String arguments, Instrumentation instrumentation) throws Exception {
    instrumentation.addTransformer(new Counter(), true);
    hooks = new Hooks(instrumentation, (fd, address) -> false, new PrintedProblems());
    hooks.install();
    hooks.changeLoaded();
    JavaBase.openToUs(instrumentation);
  }

  /** Makes what is to be changed. */
  private interface Case {
    Change prepare() throws Exception;
  }

  private abstract static class Change {

    /** In a thread that has to wait in it. */
    abstract void make() throws Exception;

    /** As the kernel sees it. */
    abstract boolean isMade() throws Exception;

    void cleanUp() throws Exception {}
  }

  /**
   * @param arguments "before" or "after": whether the guard is there before the classes are loaded;
   *     "expected": after, but it was expected before
   */
  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("expected")) {
      hooks.expectGuard();
    }
    if (!arguments[0].equals("before")) {
      runAll(false);
    }
    hooks.guard(GUARD.readLock());
    hooks.guard(new ReentrantReadWriteLock().readLock()); // has no effect
    runAll(true);
    print("missing: " + hooks.missing());
    print("changed again: " + (CHANGED_AGAIN.get() > 0));
    print("end");
  }

  /** Of classes that are changed after they were loaded. */
  private static final class Counter implements ClassFileTransformer {
    @Override
    public byte[] transform(
        ClassLoader loader, String name, Class<?> again, ProtectionDomain domain, byte[] code) {
      if (again != null) {
        CHANGED_AGAIN.incrementAndGet();
      }
      return null;
    }
  }

  private static void runAll(boolean guarded) throws Exception {
    run(guarded, "SocketChannel.close", GuardedProgram::closeChannel);
    run(guarded, "SocketChannel.close, selected", GuardedProgram::closeSelectedChannel);
    run(guarded, "AsynchronousSocketChannel.close", GuardedProgram::closeAsynchronousChannel);
    run(guarded, "Socket.close", GuardedProgram::closeSocket);
    run(guarded, "ServerSocket.close", GuardedProgram::closeServerSocket);
    run(guarded, "Selector: add", GuardedProgram::select);
    run(guarded, "Selector: modify", GuardedProgram::selectOther);
    run(guarded, "Selector: remove", GuardedProgram::deselect);
    run(guarded, "Selector.close", GuardedProgram::closeSelector);
    run(guarded, "AsynchronousSocketChannel.read", GuardedProgram::readAsynchronously);
    if (JavaBase.featureVersion() >= 21) {
      run(guarded, "read in a virtual thread", GuardedProgram::readInVirtualThread);
    }
    Epoll.ensureAvailability();
    run(guarded, "Netty: close", GuardedProgram::closeWithNetty);
    run(guarded, "Netty: add", () -> controlWithNetty(Operation.ADD));
    run(guarded, "Netty: modify", () -> controlWithNetty(Operation.MODIFY));
    run(guarded, "Netty: remove", () -> controlWithNetty(Operation.REMOVE));
  }

  private static void run(boolean guarded, String name, Case prepared) throws Exception {
    Change change = prepared.prepare();
    if (change.isMade()) {
      throw new IllegalStateException(name + " is made before it is");
    }
    if (guarded) {
      print(name + ": " + makeGuarded(change));
    } else {
      change.make();
      await(change::isMade);
    }
    change.cleanUp();
  }

  private static String makeGuarded(Change change) throws Exception {
    StringBuilder result = new StringBuilder();
    Throwable[] failure = new Throwable[1];
    Thread thread =
        new Thread(
            () -> {
              try {
                change.make();
              } catch (Throwable thrown) {
                failure[0] = thrown;
              }
            });
    GUARD.writeLock().lock();
    try {
      thread.start();
      boolean waits = await(() -> GUARD.hasQueuedThreads() || !thread.isAlive());
      result.append(waits && !change.isMade() ? "waits" : "does not wait");
    } finally {
      GUARD.writeLock().unlock();
    }
    thread.join(TimeUnit.NANOSECONDS.toMillis(DEADLINE_NANOS));
    result.append(await(change::isMade) ? ", goes on" : ", does not go on");
    return result.append(failure[0] == null ? "" : ", " + failure[0]).toString();
  }

  private static boolean await(Callable<Boolean> state) throws Exception {
    long started = System.nanoTime();
    while (!state.call()) {
      if (System.nanoTime() - started > DEADLINE_NANOS) {
        return false;
      }
      LockSupport.parkNanos(1_000_000);
    }
    return true;
  }

  private static Change closeChannel() throws Exception {
    SocketChannel channel = connect();
    return close(channel, numberOf(channel));
  }

  private static Change closeAsynchronousChannel() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open().bind(ANY)) {
      AsynchronousSocketChannel channel = AsynchronousSocketChannel.open();
      channel.connect(server.getLocalAddress()).get();
      return close(channel, numberOf(channel));
    }
  }

  private static Change closeSocket() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, LOOPBACK)) {
      Set<Integer> before = sockets();
      Socket socket = new Socket(LOOPBACK, server.getLocalPort());
      return close(socket, newest(before));
    }
  }

  private static Change closeServerSocket() throws Exception {
    Set<Integer> before = sockets();
    return close(new ServerSocket(0, 5, LOOPBACK), newest(before));
  }

  private static Change close(Closeable socket, int fd) {
    long inode = ProcFs.socketInode(fd);
    return new Change() {
      @Override
      void make() throws IOException {
        socket.close();
      }

      @Override
      boolean isMade() {
        return ProcFs.socketInode(fd) != inode;
      }
    };
  }

  private static Change closeSelectedChannel() throws Exception {
    SocketChannel channel = connect();
    Selector selector = selectorOf(channel, SelectionKey.OP_READ);
    int fd = numberOf(channel);
    long inode = ProcFs.socketInode(fd);
    return new Change() {
      @Override
      void make() throws IOException {
        channel.close();
        selector.selectNow();
      }

      @Override
      boolean isMade() {
        return ProcFs.socketInode(fd) != inode;
      }

      @Override
      void cleanUp() throws IOException {
        selector.close();
      }
    };
  }

  /** A change of the one place that a channel has in an epoll. */
  private abstract static class Selection extends Change {
    final SocketChannel channel;
    final Selector selector;
    private final int fd;

    Selection(SocketChannel channel, Selector selector) throws ReflectiveOperationException {
      this.channel = channel;
      this.selector = selector;
      this.fd = numberOf(channel);
    }

    boolean isSelected() throws IOException {
      return !EpollRegistration.of(fd).isEmpty();
    }

    boolean isSelectedForInput() throws IOException {
      return isSelected() && EpollRegistration.of(fd).get(0).waitsForInput();
    }

    @Override
    void cleanUp() throws IOException {
      selector.close();
      channel.close();
    }
  }

  private static Change select() throws Exception {
    SocketChannel connected = connect();
    connected.configureBlocking(false);
    return new Selection(connected, Selector.open()) {
      @Override
      void make() throws IOException {
        channel.register(selector, SelectionKey.OP_READ);
        selector.selectNow();
      }

      @Override
      boolean isMade() throws IOException {
        return isSelected();
      }
    };
  }

  private static Change selectOther() throws Exception {
    SocketChannel connected = connect();
    return new Selection(connected, selectorOf(connected, SelectionKey.OP_WRITE)) {
      @Override
      void make() throws IOException {
        channel.keyFor(selector).interestOps(SelectionKey.OP_READ);
        selector.selectNow();
      }

      @Override
      boolean isMade() throws IOException {
        return isSelectedForInput();
      }
    };
  }

  private static Change deselect() throws Exception {
    SocketChannel connected = connect();
    return new Selection(connected, selectorOf(connected, SelectionKey.OP_READ)) {
      @Override
      void make() throws IOException {
        channel.keyFor(selector).cancel();
        selector.selectNow();
      }

      @Override
      boolean isMade() throws IOException {
        return !isSelected();
      }
    };
  }

  private static Change closeSelector() throws Exception {
    SocketChannel connected = connect();
    return new Selection(connected, selectorOf(connected, SelectionKey.OP_READ)) {
      @Override
      void make() throws IOException {
        selector.close();
      }

      @Override
      boolean isMade() throws IOException {
        return !isSelected();
      }
    };
  }

  private static Change readAsynchronously() throws Exception {
    ServerSocketChannel server = ServerSocketChannel.open().bind(ANY);
    AsynchronousSocketChannel channel = AsynchronousSocketChannel.open();
    channel.connect(server.getLocalAddress()).get();
    int fd = numberOf(channel);
    return new Change() {
      @Override
      void make() {
        channel.read(ByteBuffer.allocate(1), null, new Ignored());
      }

      @Override
      boolean isMade() throws IOException {
        return !EpollRegistration.of(fd).isEmpty()
            && EpollRegistration.of(fd).get(0).waitsForInput();
      }

      @Override
      void cleanUp() throws IOException {
        channel.close();
        server.close();
      }
    };
  }

  private static Change readInVirtualThread() throws Exception {
    ServerSocket server = new ServerSocket(0, 5, LOOPBACK);
    Set<Integer> before = sockets();
    Socket socket = new Socket(LOOPBACK, server.getLocalPort());
    int fd = newest(before);
    return new Change() {
      @Override
      void make() throws Exception {
        InputStream in = socket.getInputStream();
        Runnable read =
            () -> {
              try {
                in.read();
              } catch (IOException closed) {
                // At the end.
              }
            };
        Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, read);
        await(() -> isMade() || GUARD.hasQueuedThreads());
      }

      @Override
      boolean isMade() throws IOException {
        return !EpollRegistration.of(fd).isEmpty();
      }

      @Override
      void cleanUp() throws IOException {
        socket.close();
        server.close();
      }
    };
  }

  private static Change closeWithNetty() throws Exception {
    io.netty.channel.unix.Socket socket = io.netty.channel.unix.Socket.newSocketStream();
    return close(socket::close, socket.intValue());
  }

  private enum Operation {
    ADD,
    MODIFY,
    REMOVE
  }

  private static Change controlWithNetty(Operation operation) throws Exception {
    SocketChannel channel = connect();
    int fd = numberOf(channel);
    FileDescriptor epoll = Native.newEpollCreate();
    if (operation != Operation.ADD) {
      Native.epollCtlAdd(epoll.intValue(), fd, Native.EPOLLOUT);
    }
    return new Change() {
      @Override
      void make() throws IOException {
        switch (operation) {
          case ADD:
            Native.epollCtlAdd(epoll.intValue(), fd, Native.EPOLLIN);
            break;
          case MODIFY:
            Native.epollCtlMod(epoll.intValue(), fd, Native.EPOLLIN);
            break;
          default:
            Native.epollCtlDel(epoll.intValue(), fd);
        }
      }

      @Override
      boolean isMade() throws IOException {
        boolean isThere = !EpollRegistration.of(fd).isEmpty();
        return operation == Operation.REMOVE
            ? !isThere
            : isThere && EpollRegistration.of(fd).get(0).waitsForInput();
      }

      @Override
      void cleanUp() throws IOException {
        epoll.close();
        channel.close();
      }
    };
  }

  private static SocketChannel connect() throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open().bind(ANY)) {
      return SocketChannel.open(server.getLocalAddress());
    }
  }

  private static Selector selectorOf(SocketChannel channel, int interest) throws IOException {
    Selector selector = Selector.open();
    channel.configureBlocking(false);
    channel.register(selector, interest);
    selector.selectNow();
    return selector;
  }

  private static int numberOf(Object channel) throws ReflectiveOperationException {
    for (Class<?> type = channel.getClass(); ; type = type.getSuperclass()) {
      try {
        return JavaBase.field(type, "fdVal").getInt(channel);
      } catch (NoSuchFieldException inTheSuperclass) {
        // Goes on there.
      }
    }
  }

  private static Set<Integer> sockets() throws IOException {
    Set<Integer> sockets = new HashSet<>();
    for (int fd : ProcFs.openDescriptors()) {
      if (ProcFs.socketInode(fd) >= 0) {
        sockets.add(fd);
      }
    }
    return sockets;
  }

  /** A java.net socket hides its number well. */
  private static int newest(Set<Integer> before) throws IOException {
    Set<Integer> now = sockets();
    now.removeAll(before);
    if (now.size() != 1) {
      throw new IllegalStateException("new sockets: " + now);
    }
    return now.iterator().next();
  }

  private static final class Ignored implements CompletionHandler<Integer, Void> {
    @Override
    public void completed(Integer result, Void attachment) {}

    @Override
    public void failed(Throwable failure, Void attachment) {}
  }

  private static void print(String line) {
    System.out.println(line);
  }
}
