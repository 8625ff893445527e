package io.graceful.sockets;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.Await;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ProcFs;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A thread of an app that reads from a connection whose descriptor is exchanged for another's. */
@ExtendWith(LeavesNoDescriptor.class)
class InFlightCallsTest {

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
    calls.wake();
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
    calls.wake();

    assertThat(calls.unfinished()).isEmpty();
  }

  @Test
  void counts_how_often_a_thread_has_run() throws Exception {
    int self = Integer.parseInt(ProcFs.status("Pid"));
    assertThat(ProcFs.timesScheduled(self)).isNotNegative();
    assertThat(ProcFs.timesScheduled(Integer.MAX_VALUE)).isEqualTo(-1);
  }
}
