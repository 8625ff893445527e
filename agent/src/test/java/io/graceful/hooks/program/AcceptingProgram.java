package io.graceful.hooks.program;

import io.graceful.hooks.Hooks;
import io.graceful.hooks.SharedGuard;
import io.graceful.os.JavaBase;
import io.graceful.os.Libc;
import io.graceful.sockets.NettyAddress;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.instrument.Instrumentation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketImpl;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Accepts connections in every way there is. The hook puts another connection, with a client of its
 * own, in the place of each; what came of it is printed.
 */
public final class AcceptingProgram {

  private static final byte[] HELLO = "hello\n".getBytes(StandardCharsets.US_ASCII);

  private static Hooks hooks;
  private static Libc libc;

  /** Takes the place of the next connection that is accepted. */
  private static volatile SocketChannel moving;

  private static volatile InetSocketAddress movingFrom;
  private static volatile String told;

  private AcceptingProgram() {}

  public static void premain(String arguments, Instrumentation instrumentation) throws Exception {
    hooks = new Hooks(instrumentation, (fd, address) -> false, new PrintedProblems());
    hooks.watchAccepts(AcceptingProgram::accepted);
    hooks.install();
    hooks.changeLoaded();
    JavaBase.openToUs(instrumentation);
    libc = Libc.load(new File("."));
  }

  private static void accepted(Object descriptor, Object remote) {
    SocketChannel source = moving;
    if (source == null) {
      told = "told of nothing";
      return;
    }
    moving = null;
    try {
      told = descriptor.getClass().getSimpleName() + " and " + typeOf(remote);
      int fresh = numberOf(descriptor);
      boolean nonBlocking = libc.isNonBlocking(fresh);
      libc.replace(fresh, JavaBase.field(source.getClass(), "fdVal").getInt(source));
      if (nonBlocking) {
        libc.setNonBlocking(fresh);
      }
      correct(remote);
    } catch (Exception failure) {
      told = failure.toString();
    }
  }

  private static String typeOf(Object remote) {
    return (remote instanceof SocketImpl ? SocketImpl.class : remote.getClass()).getSimpleName();
  }

  private static int numberOf(Object descriptor) throws ReflectiveOperationException {
    return descriptor instanceof Integer
        ? (Integer) descriptor
        : JavaBase.field(FileDescriptor.class, "fd").getInt(descriptor);
  }

  private static void correct(Object remote) throws ReflectiveOperationException {
    if (remote instanceof InetSocketAddress[]) {
      ((InetSocketAddress[]) remote)[0] = movingFrom;
    } else if (remote instanceof byte[]) {
      NettyAddress.write((byte[]) remote, movingFrom);
    } else {
      JavaBase.field(SocketImpl.class, "address").set(remote, movingFrom.getAddress());
      JavaBase.field(SocketImpl.class, "port").setInt(remote, movingFrom.getPort());
    }
  }

  public static void main(String[] arguments) throws Exception {
    acceptInEveryWay();
    hooks.guard(new SharedGuard().appSide()); // Changes some of the classes again.
    print("guarded");
    acceptInEveryWay();
    print("missing: " + hooks.missing());
    print("end");
  }

  private static void acceptInEveryWay() throws Exception {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    SocketAddress any = new InetSocketAddress(loopback, 0);

    try (ServerSocketChannel server = ServerSocketChannel.open().bind(any)) {
      int port = server.socket().getLocalPort();
      check("ServerSocketChannel", port, () -> answer(server.accept()));
      if (hasVirtualThreads()) {
        check(
            "ServerSocketChannel, virtual thread",
            port,
            () -> inVirtualThread(() -> answer(server.accept())));
      }
      check("its socket", port, () -> answer(server.socket().accept()));
      server.socket().setSoTimeout(30_000);
      check("its socket with a timeout", port, () -> answer(server.socket().accept()));
      server.configureBlocking(false);
      check("selector", port, () -> answer(select(server)));
      told = "not told";
      print("no connection: " + server.accept() + ", " + told);
    }
    try (AsynchronousServerSocketChannel server =
        AsynchronousServerSocketChannel.open().bind(any)) {
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      Future<AsynchronousSocketChannel> pending = server.accept();
      check("AsynchronousServerSocketChannel that waits", port, () -> answer(pending.get()));
      check(
          "AsynchronousServerSocketChannel that is late",
          port,
          () -> {
            Thread.sleep(50); // Either way it must work; this makes the way probable.
            return answer(server.accept().get());
          });
    }
    try (ServerSocket server = new ServerSocket(0, 5, loopback)) {
      int port = server.getLocalPort();
      check("ServerSocket", port, () -> answer(server.accept()));
      if (hasVirtualThreads()) {
        check(
            "ServerSocket, virtual thread",
            port,
            () -> inVirtualThread(() -> answer(server.accept())));
      }
      server.setSoTimeout(30_000);
      check("ServerSocket with a timeout", port, () -> answer(server.accept()));
    }
    checkNetty("Netty", any);
    checkNetty("Netty, all addresses", new InetSocketAddress(0));
  }

  /** Accepts, reads a line, answers it and closes; returns the remote address that the app sees. */
  private interface Server {
    SocketAddress serve() throws Exception;
  }

  /** With a connection to the port that is never served, and another that is, in its place. */
  private static void check(String name, int port, Server server) throws Exception {
    CompletableFuture<SocketAddress> served = new CompletableFuture<>();
    try (ServerSocketChannel elsewhere = ServerSocketChannel.open()) {
      elsewhere.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      try (SocketChannel client = SocketChannel.open(elsewhere.getLocalAddress());
          SocketChannel moved = elsewhere.accept()) {
        movingFrom = (InetSocketAddress) client.getLocalAddress();
        told = "not told";
        moving = moved;
        Thread thread = new Thread(() -> serve(server, served));
        thread.start();
        String answer;
        try (Socket ticket = new Socket(InetAddress.getLoopbackAddress(), port)) {
          client.write(ByteBuffer.wrap(HELLO));
          SocketAddress seen = served.get();
          moved.close();
          answer = readLine(client.socket());
          boolean correct = movingFrom.equals(seen);
          print(name + ": " + told + ", from " + (correct ? "the client" : seen) + ", " + answer);
        }
        thread.join();
      }
    }
  }

  private static void serve(Server server, CompletableFuture<SocketAddress> served) {
    try {
      served.complete(server.serve());
    } catch (Throwable failure) {
      served.completeExceptionally(failure);
    }
  }

  private static SocketAddress answer(Socket socket) throws IOException {
    try (Socket accepted = socket) {
      accepted.getOutputStream().write((readLine(accepted) + " yourself\n").getBytes("US-ASCII"));
      return accepted.getRemoteSocketAddress();
    }
  }

  private static SocketAddress answer(SocketChannel channel) throws IOException {
    try (SocketChannel accepted = channel) {
      ByteBuffer line = ByteBuffer.allocate(HELLO.length);
      if (!accepted.isBlocking()) {
        throw new IllegalStateException("an accepted channel is blocking");
      }
      while (line.hasRemaining()) {
        accepted.read(line);
      }
      accepted.write(ByteBuffer.wrap("hello yourself\n".getBytes("US-ASCII")));
      return accepted.getRemoteAddress();
    }
  }

  private static SocketAddress answer(AsynchronousSocketChannel channel) throws Exception {
    try (AsynchronousSocketChannel accepted = channel) {
      ByteBuffer line = ByteBuffer.allocate(HELLO.length);
      while (line.hasRemaining()) {
        accepted.read(line).get();
      }
      accepted.write(ByteBuffer.wrap("hello yourself\n".getBytes("US-ASCII"))).get();
      return accepted.getRemoteAddress();
    }
  }

  private static String readLine(Socket socket) throws IOException {
    return new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
        .readLine();
  }

  private static SocketChannel select(ServerSocketChannel server) throws IOException {
    try (Selector selector = Selector.open()) {
      SelectionKey key = server.register(selector, SelectionKey.OP_ACCEPT);
      SocketChannel accepted = null;
      while (accepted == null) {
        selector.select();
        accepted = server.accept();
      }
      key.cancel();
      return accepted;
    }
  }

  private static void checkNetty(String name, SocketAddress address) throws Exception {
    CompletableFuture<SocketAddress> served = new CompletableFuture<>();
    EventLoopGroup group = new EpollEventLoopGroup(1);
    try {
      Channel server =
          new ServerBootstrap()
              .group(group)
              .channel(EpollServerSocketChannel.class)
              .childHandler(new NettyAnswer(served))
              .bind(address)
              .sync()
              .channel();
      check(name, ((InetSocketAddress) server.localAddress()).getPort(), served::get);
    } finally {
      group.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
    }
  }

  @ChannelHandler.Sharable
  private static final class NettyAnswer extends SimpleChannelInboundHandler<ByteBuf> {
    private final CompletableFuture<SocketAddress> served;

    NettyAnswer(CompletableFuture<SocketAddress> served) {
      this.served = served;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf line) {
      ByteBuf answer = context.alloc().buffer().writeBytes(line, HELLO.length - 1);
      context.writeAndFlush(answer.writeBytes(" yourself\n".getBytes(StandardCharsets.US_ASCII)));
      served.complete(context.channel().remoteAddress());
    }
  }

  private static boolean hasVirtualThreads() {
    return JavaBase.featureVersion() >= 21;
  }

  private static SocketAddress inVirtualThread(Server server) throws Exception {
    CompletableFuture<SocketAddress> served = new CompletableFuture<>();
    Runnable task = () -> serve(server, served);
    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
    return served.get();
  }

  private static void print(String line) {
    System.out.println(line);
  }
}
