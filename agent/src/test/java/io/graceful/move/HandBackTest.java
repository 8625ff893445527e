package io.graceful.move;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.config.MovePolicy;
import io.graceful.hooks.SharedGuard;
import io.graceful.log.Log;
import io.graceful.os.Await;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ProcFs;
import io.graceful.sockets.Descriptors;
import io.graceful.sockets.ListenerKey;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An app that writes on while its connections are taken and come back, again and again. */
@ExtendWith(LeavesNoDescriptor.class)
class HandBackTest {

  private static final int CONNECTIONS = 20;
  private static final int CYCLES = 50;
  private static final int LONGEST_PAUSE_NANOS = 14_000_000;
  private static final int MOST_AT_ONCE = 40;
  private static final int LARGE = 6_000;

  private final Interposer interposer =
      new Interposer(
          LIBC,
          new Log(1, Log.Level.INFO),
          new Swapper(LIBC, new Log(1, Log.Level.INFO), new SharedGuard()),
          MovePolicy.parse("auto"),
          300);

  /** Writes numbers from 0 on, with pauses, until it is told to stop. */
  private static final class Writer {
    final SocketChannel channel;
    final Socket client;
    final long inode;
    final AtomicLong received = new AtomicLong();
    private final Random random;
    private final int integers;
    private long next;
    private volatile boolean isToStop;

    Writer(SocketChannel channel, Socket client, int seed) throws Exception {
      this.channel = channel;
      this.client = client;
      this.inode = ProcFs.socketInode(Descriptors.of(channel));
      this.random = new Random(seed);
      this.integers = seed % 10 == 0 ? LARGE : 20; // Some fill the buffers.
    }

    Void write() throws Exception {
      while (!isToStop) {
        for (int i = random.nextInt(MOST_AT_ONCE); i >= 0; i--) {
          send(1 + random.nextInt(integers));
        }
        LockSupport.parkNanos(random.nextInt(LONGEST_PAUSE_NANOS));
      }
      channel.shutdownOutput();
      return null;
    }

    private void send(int count) throws Exception {
      ByteBuffer bytes = ByteBuffer.allocate(8 * count);
      while (bytes.hasRemaining()) {
        bytes.putLong(next++);
      }
      bytes.flip();
      while (bytes.hasRemaining()) {
        if (channel.write(bytes) == 0) {
          LockSupport.parkNanos(50_000);
        }
      }
    }

    Void read() throws Exception {
      DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
      byte[] number = new byte[8];
      while (in.readNBytes(number, 0, 8) == 8) {
        assertThat(ByteBuffer.wrap(number).getLong())
            .as("what comes next, after %s numbers", received)
            .isEqualTo(received.getAndIncrement());
      }
      return null;
    }

    boolean hasItsOwn() throws Exception {
      return ProcFs.socketInode(Descriptors.of(channel)) == inode;
    }
  }

  @ParameterizedTest(name = "blocking: {0}")
  @ValueSource(booleans = {true, false})
  void every_byte_comes_in_order(boolean blocking) throws Exception {
    List<Writer> writers = new ArrayList<>();
    List<Future<Void>> ends = new ArrayList<>();
    ExecutorService threads = Executors.newCachedThreadPool();
    try (ServerSocketChannel server =
        ServerSocketChannel.open()
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      for (int i = 0; i < CONNECTIONS; i++) {
        Socket client =
            new Socket(InetAddress.getLoopbackAddress(), server.socket().getLocalPort());
        SocketChannel channel = server.accept();
        channel.configureBlocking(blocking);
        Writer writer = new Writer(channel, client, i);
        writers.add(writer);
        ends.add(threads.submit(writer::write));
        ends.add(threads.submit(writer::read));
      }
      ListenerKey key = ListenerKey.ofBound(LIBC, Descriptors.of(server));
      for (int cycle = 0; cycle < CYCLES; cycle++) {
        interposer.begin(List.of(key), (id, listener, fd) -> {});
        for (Writer writer : writers) {
          Await.until("another socket", () -> !writer.hasItsOwn() || failed(ends));
        }
        interposer.cancel(words -> {});
        for (Writer writer : writers) {
          Await.until("the app's own socket", () -> writer.hasItsOwn() || failed(ends));
        }
        if (failed(ends)) {
          break;
        }
      }
      writers.forEach(writer -> writer.isToStop = true);
      for (Future<Void> end : ends) {
        end.get();
      }
      for (Writer writer : writers) {
        assertThat(writer.received).hasValue(writer.next);
      }
    } finally {
      interposer.cancel(words -> {});
      threads.shutdownNow();
      for (Writer writer : writers) {
        writer.channel.close();
        writer.client.close();
      }
      awaitEndOfRelay();
    }
  }

  private static boolean failed(List<Future<Void>> ends) {
    return ends.stream().anyMatch(Future::isDone);
  }

  private static void awaitEndOfRelay() throws Exception {
    Await.until(
        "the end of the relay",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("graceful-relay")));
  }
}
