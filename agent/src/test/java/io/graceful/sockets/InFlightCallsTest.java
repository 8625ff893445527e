package io.graceful.sockets;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.Await;
import io.graceful.os.LeavesNoDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A thread of an app that reads from a connection whose descriptor is exchanged for another's. */
@ExtendWith(LeavesNoDescriptor.class)
class InFlightCallsTest {

  private static final int ROUNDS = 200;

  private ServerSocketChannel server;
  private SocketChannel before;
  private SocketChannel inApp;
  private SocketChannel after;
  private SocketChannel standIn;

  @BeforeEach
  void connect() throws Exception {
    server =
        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    before = SocketChannel.open(server.getLocalAddress());
    inApp = server.accept();
    after = SocketChannel.open(server.getLocalAddress());
    standIn = server.accept();
  }

  @AfterEach
  void close() throws Exception {
    before.close();
    inApp.close();
    after.close();
    standIn.close();
    server.close();
  }

  private CompletableFuture<String> read() throws Exception {
    CompletableFuture<String> word = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                ByteBuffer bytes = ByteBuffer.allocate(16);
                inApp.read(bytes);
                word.complete(new String(bytes.array(), 0, bytes.position()));
              } catch (Throwable failure) {
                word.completeExceptionally(failure);
              }
            },
            "reader");
    reader.start();
    int fd = Descriptors.of(inApp);
    Await.until("a thread that reads", () -> WaitingThreads.scan(LIBC.arch()).anyOn(fd));
    return word;
  }

  @Test
  void a_reader_goes_on_with_what_is_there_now() throws Exception {
    CompletableFuture<String> word = read();
    int fd = Descriptors.of(inApp);
    LIBC.replace(fd, Descriptors.of(standIn));
    InFlightCalls calls = new InFlightCalls(LIBC, List.of(fd));
    calls.interrupt();
    Await.until("its return", () -> calls.unfinished().isEmpty());

    after.write(ByteBuffer.wrap("after".getBytes()));
    assertThat(word.get(30, TimeUnit.SECONDS)).isEqualTo("after");
  }

  @Test
  void a_reader_that_was_not_woken_is_still_in_its_call() throws Exception {
    CompletableFuture<String> word = read();
    int fd = Descriptors.of(inApp);
    int kept = LIBC.duplicate(fd); // Or the client would see its connection end.
    LIBC.replace(fd, Descriptors.of(standIn));

    before.write(ByteBuffer.wrap("before".getBytes()));
    assertThat(word.get(30, TimeUnit.SECONDS)).isEqualTo("before");
    LIBC.close(kept);
  }

  @Test
  void nobody_is_waited_for_where_nobody_reads() throws Exception {
    InFlightCalls calls = new InFlightCalls(LIBC, List.of(Descriptors.of(inApp)));
    calls.interrupt();

    Await.until("those that happen to run", () -> calls.unfinished().isEmpty());
  }

  /**
   * Readers that are always about to get something, on a machine that has no CPU to spare: when the
   * exchange is over, not one byte more is taken from the old sockets.
   */
  @Test
  void readers_at_full_speed_are_all_out_of_their_calls() throws Exception {
    WaitingThreads.prepareInterrupts();
    int hogs = 3 * Runtime.getRuntime().availableProcessors();
    AtomicBoolean stop = new AtomicBoolean();
    List<Thread> others = new ArrayList<>();
    for (int i = 0; i < hogs; i++) {
      others.add(thread(() -> spin(stop)));
    }
    try {
      for (int round = 0; round < ROUNDS; round++) {
        exchangeUnderReader();
      }
    } finally {
      stop.set(true);
      for (Thread other : others) {
        other.join();
      }
    }
  }

  private static void spin(AtomicBoolean stop) {
    long sum = 0;
    while (!stop.get()) {
      sum += System.nanoTime();
    }
    assertThat(sum).isNotEqualTo(42);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task);
    thread.start();
    return thread;
  }

  private void exchangeUnderReader() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    try (SocketChannel client = SocketChannel.open(server.getLocalAddress());
        SocketChannel app = server.accept()) {
      int fd = Descriptors.of(app);
      Thread writer = thread(() -> write(client, over));
      Thread reader = thread(() -> read(app));
      LockSupport.parkNanos(500_000);
      int[] pair = LIBC.streamPair();
      int old = LIBC.duplicate(fd);
      LIBC.replace(fd, pair[0]);
      InFlightCalls calls = new InFlightCalls(LIBC, List.of(fd));
      calls.interrupt();
      Await.until("the reader's return", () -> calls.unfinished().isEmpty());

      long taken = taken(old);
      LockSupport.parkNanos(3_000_000);
      assertThat(taken(old)).as("bytes that were read").isEqualTo(taken);
      over.set(true);
      LIBC.close(pair[0]);
      LIBC.close(pair[1]); // The reader sees the end of the stand-in.
      reader.join();
      LIBC.close(old);
      writer.join();
    }
  }

  /** While the writer goes on. */
  private static long taken(int fd) throws Exception {
    while (true) {
      long received = TcpInfo.of(LIBC, fd).bytesReceived();
      int unread = LIBC.unread(fd);
      if (TcpInfo.of(LIBC, fd).bytesReceived() == received) {
        return received - unread;
      }
    }
  }

  private static void write(SocketChannel client, AtomicBoolean over) {
    ByteBuffer bytes = ByteBuffer.allocate(100);
    try {
      while (!over.get()) {
        bytes.clear();
        client.write(bytes);
        LockSupport.parkNanos(10_000);
      }
    } catch (IOException closed) {
      // It was over.
    }
  }

  private static void read(SocketChannel app) {
    ByteBuffer bytes = ByteBuffer.allocate(4096);
    try {
      while (app.read(bytes) >= 0) {
        bytes.clear();
      }
    } catch (IOException closed) {
      // It was over.
    }
  }
}
