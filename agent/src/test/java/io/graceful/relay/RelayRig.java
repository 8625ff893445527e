package io.graceful.relay;

import static io.graceful.os.NativeLibc.LIBC;

import io.graceful.os.Libc;
import io.graceful.os.NativeLibc;
import io.graceful.os.SocketIo;
import io.graceful.os.TcpSockets;
import io.graceful.sockets.Descriptors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** A relay on its thread, and sockets to go with it as bare descriptors. */
final class RelayRig implements AutoCloseable {

  final Relay relay;
  final SocketIo io = new SocketIo(LIBC);
  final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  final Thread thread;
  private final ServerSocketChannel listener;

  RelayRig() throws Exception {
    listener = listen();
    relay = new Relay(LIBC, failures::add);
    thread = new Thread(relay, "relay-under-test");
    thread.setDaemon(true);
    thread.start();
  }

  /** Runs it on the relay's thread, and waits for its result. */
  <T> T call(Callable<T> task) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    relay.post(
        () -> {
          try {
            result.complete(task.call());
          } catch (Throwable failure) {
            result.completeExceptionally(failure);
          }
        });
    return result.get(30, TimeUnit.SECONDS);
  }

  /**
   * A TCP connection: the client's end, and the server's.
   *
   * @param bufferBytes of each socket and direction; 0 for the default
   */
  int[] tcpPair(int bufferBytes) throws Exception {
    // A listener's buffer sizes are those of all that it accepts from then on.
    if (bufferBytes == 0) {
      return tcpPair(listener, 0);
    }
    try (ServerSocketChannel narrow = listen()) {
      narrow.setOption(StandardSocketOptions.SO_RCVBUF, bufferBytes);
      return tcpPair(narrow, bufferBytes);
    }
  }

  private static ServerSocketChannel listen() throws IOException {
    return ServerSocketChannel.open()
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static int[] tcpPair(ServerSocketChannel listener, int bufferBytes) throws Exception {
    try (SocketChannel client = SocketChannel.open()) {
      if (bufferBytes > 0) {
        client.setOption(StandardSocketOptions.SO_RCVBUF, bufferBytes);
        client.setOption(StandardSocketOptions.SO_SNDBUF, bufferBytes);
      }
      client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      client.connect(listener.getLocalAddress());
      try (SocketChannel server = listener.accept()) {
        server.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (bufferBytes > 0) {
          server.setOption(StandardSocketOptions.SO_SNDBUF, bufferBytes);
        }
        return new int[] {
          LIBC.duplicate(Descriptors.of(client)), LIBC.duplicate(Descriptors.of(server))
        };
      }
    }
  }

  int[] unixPair() throws Exception {
    return LIBC.streamPair();
  }

  /** Waits until the relay has looked at everything that had happened before. */
  void awaitTurn() throws Exception {
    CompletableFuture<Void> turned = new CompletableFuture<>();
    // A timer is called before the events of its turn, and one that it sets in a later turn.
    relay.post(() -> relay.after(0, () -> relay.after(0, () -> turned.complete(null))));
    turned.get(30, TimeUnit.SECONDS);
  }

  /**
   * What the kernel knows of a connection over TCP: addresses, state, send and receive queue, timer
   * (proc(5), /proc/net/tcp).
   */
  String kernelView(Connection connection) {
    try {
      if (connection.isGone()) {
        return "gone";
      }
      int far = new TcpSockets(LIBC).peer(connection.socket()).getPort();
      String port = String.format(":%04X ", far);
      StringBuilder view = new StringBuilder("kernel:");
      for (String table : List.of("tcp", "tcp6")) {
        for (String line : Files.readAllLines(Path.of("/proc/self/net", table))) {
          if (line.contains(port)) {
            view.append(' ')
                .append(line.trim(), 0, Math.min(130, line.trim().length()))
                .append(';');
          }
        }
      }
      return view.toString();
    } catch (IOException | RuntimeException unknown) {
      return "kernel: " + unknown;
    }
  }

  void close(int fd) {
    NativeLibc.LIBC.close(fd);
  }

  @Override
  public void close() throws Exception {
    relay.stop();
    thread.join(30_000);
    listener.close();
    io.close();
    if (thread.isAlive() || !failures.isEmpty()) {
      AssertionError failure = new AssertionError("the relay has failed, or does not stop");
      failures.forEach(failure::addSuppressed);
      throw failure;
    }
  }

  /** Where the C library is. */
  static Libc libc() {
    return LIBC;
  }
}
