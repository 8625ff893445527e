package io.graceful.move;

import static io.graceful.os.NativeLibc.LIBC;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.config.MovePolicy;
import io.graceful.hooks.SharedGuard;
import io.graceful.log.Log;
import io.graceful.os.Await;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.NativeMemory;
import io.graceful.os.ProcFs;
import io.graceful.os.SocketIo;
import io.graceful.os.TcpSockets;
import io.graceful.sockets.Descriptors;
import io.graceful.sockets.ListenerKey;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An app in this JVM whose connections are taken, and a successor that the test speaks for. */
@ExtendWith(LeavesNoDescriptor.class)
class InterposerTest {

  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String RESPONSE = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final long QUIET_MILLIS = 300;

  /** A connection as the successor gets it. */
  private record Moved(int id, int fd) {}

  private final BlockingQueue<Moved> moved = new LinkedBlockingQueue<>();
  private final TcpSockets tcp = new TcpSockets(LIBC);
  private Interposer interposer;
  private ServerSocketChannel server;
  private Socket client;
  private SocketChannel inApp;
  private long inodeAtBegin;

  @BeforeEach
  void serve() throws Exception {
    interposer =
        new Interposer(
            LIBC,
            new Log(1, Log.Level.INFO),
            new Swapper(LIBC, new Log(1, Log.Level.INFO), new SharedGuard()),
            MovePolicy.parse("auto"),
            QUIET_MILLIS);
    server =
        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    client = new Socket(InetAddress.getLoopbackAddress(), server.socket().getLocalPort());
    client.setSoTimeout(30_000);
    inApp = server.accept();
  }

  @AfterEach
  void end() throws Exception {
    client.close();
    inApp.close();
    server.close();
    RelayThread.end(interposer);
    assertThat(moved).isEmpty();
  }

  private void begin() throws Exception {
    inodeAtBegin = inode();
    ListenerKey key = ListenerKey.ofBound(LIBC, Descriptors.of(server));
    interposer.begin(
        List.of(key), (id, listener, fd) -> moved.add(new Moved(id, LIBC.duplicate(fd))));
  }

  private void clientSends(String text) throws Exception {
    OutputStream out = client.getOutputStream();
    out.write(text.getBytes(ISO_8859_1));
    out.flush();
  }

  private String clientReceives(int length) throws Exception {
    InputStream in = client.getInputStream();
    return new String(in.readNBytes(length), ISO_8859_1);
  }

  private void appSends(String text) throws Exception {
    inApp.write(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
  }

  /** What the app reads next, at most; empty at the end of the stream. */
  private String appReceives() throws Exception {
    ByteBuffer bytes = ByteBuffer.allocate(4096);
    inApp.read(bytes);
    return new String(bytes.array(), 0, bytes.position(), ISO_8859_1);
  }

  private void exchange() throws Exception {
    clientSends(REQUEST);
    assertThat(appReceives()).isEqualTo(REQUEST);
    appSends(RESPONSE);
    assertThat(clientReceives(RESPONSE.length())).isEqualTo(RESPONSE);
  }

  private Moved awaitMoved() throws Exception {
    Moved one = moved.poll(30, TimeUnit.SECONDS);
    assertThat(one).as("a connection that moves").isNotNull();
    return one;
  }

  private long inode() throws Exception {
    return ProcFs.socketInode(Descriptors.of(inApp));
  }

  private void awaitTaken() throws Exception {
    Await.until("another socket at the app's number", () -> inode() != inodeAtBegin);
  }

  /** The other process answers, on the very connection. */
  private void serveInSuccessor(Moved one) throws Exception {
    assertThat(tcp.peer(one.fd())).isEqualTo(client.getLocalSocketAddress());
    interposer.taken(one.id());
    assertThat(appReceives()).as("the app sees its client leave").isEmpty();
    RelayThread.end(interposer); // Which else takes it again, since the other process is this one.
    try (SocketChannel other = SocketChannel.open(server.getLocalAddress());
        SocketChannel inNewApp = server.accept()) {
      LIBC.replace(Descriptors.of(inNewApp), one.fd());
      LIBC.close(one.fd());
      ByteBuffer bytes = ByteBuffer.allocate(4096);
      inNewApp.read(bytes);
      assertThat(new String(bytes.array(), 0, bytes.position(), ISO_8859_1)).isEqualTo(REQUEST);
      inNewApp.write(ByteBuffer.wrap("moved".getBytes(ISO_8859_1)));
      assertThat(clientReceives(5)).isEqualTo("moved");
    }
  }

  @Test
  void a_connection_without_a_byte_moves_at_once() throws Exception {
    begin();
    Moved one = awaitMoved();
    clientSends(REQUEST);
    serveInSuccessor(one);
  }

  @Test
  void may_begin_again_at_any_time_after_it_was_cancelled() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      interposer.begin(List.of(), (id, listener, fd) -> {});
      interposer.cancel(words -> {});
      interposer.cancel(words -> {});
    }
    begin();
    Moved one = awaitMoved();
    clientSends(REQUEST);
    serveInSuccessor(one);
  }

  @Test
  void a_kept_alive_connection_moves_with_its_next_request() throws Exception {
    exchange();
    begin();
    awaitTaken();
    clientSends(REQUEST);
    serveInSuccessor(awaitMoved());
  }

  @Test
  void a_request_in_progress_is_answered_here_and_the_connection_moves_after_it() throws Exception {
    clientSends(REQUEST);
    assertThat(appReceives()).isEqualTo(REQUEST);
    begin();
    awaitTaken();
    appSends(RESPONSE);
    assertThat(clientReceives(RESPONSE.length())).isEqualTo(RESPONSE);
    clientSends(REQUEST);
    serveInSuccessor(awaitMoved());
  }

  @Test
  void a_connection_that_is_over_holds_nothing_up_though_the_app_keeps_its_descriptor()
      throws Exception {
    exchange();
    client.close();
    assertThat(appReceives()).isEmpty();
    inApp.shutdownOutput();
    begin();
    Await.until("the end of the drain", () -> interposer.census().busy() == 0);
    assertThat(inode()).isEqualTo(inodeAtBegin);
  }

  @Test
  void a_thread_that_reads_when_it_is_taken_reads_on() throws Exception {
    CompletableFuture<String> read = CompletableFuture.supplyAsync(this::read);
    clientSends("*"); // It is no request, nor fresh.
    assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo("*");
    CompletableFuture<String> next = CompletableFuture.supplyAsync(this::read);
    begin();
    awaitTaken();
    clientSends("1");
    assertThat(next.get(30, TimeUnit.SECONDS)).isEqualTo("1");
    for (int i = 0; i < 100; i++) {
      clientSends("" + i);
      assertThat(appReceives()).isEqualTo("" + i);
      appSends("" + i);
      assertThat(clientReceives(("" + i).length())).isEqualTo("" + i);
    }
  }

  private String read() {
    try {
      return appReceives();
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  @Test
  void what_the_successor_rejects_goes_on_here() throws Exception {
    exchange();
    begin();
    awaitTaken();
    clientSends(REQUEST);
    Moved one = awaitMoved();
    LIBC.close(one.fd());
    interposer.rejected(one.id(), "for a test");
    assertThat(appReceives()).isEqualTo(REQUEST);
    appSends(RESPONSE);
    assertThat(clientReceives(RESPONSE.length())).isEqualTo(RESPONSE);
    exchange();
  }

  @Test
  void the_app_gets_its_connection_back_when_the_successor_dies() throws Exception {
    exchange();
    long inode = io.graceful.os.ProcFs.socketInode(Descriptors.of(inApp));
    begin();
    awaitTaken();
    clientSends(REQUEST);
    LIBC.close(awaitMoved().fd());
    CompletableFuture<String> read = CompletableFuture.supplyAsync(this::read);
    interposer.cancel(words -> {});
    assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(REQUEST);
    CompletableFuture<String> next = CompletableFuture.supplyAsync(this::read);
    appSends(RESPONSE);
    assertThat(clientReceives(RESPONSE.length())).isEqualTo(RESPONSE);
    Await.until(
        "the app's own socket",
        () -> io.graceful.os.ProcFs.socketInode(Descriptors.of(inApp)) == inode);
    clientSends("next");
    assertThat(next.get(30, TimeUnit.SECONDS)).isEqualTo("next");
    begin(); // And once more.
    awaitTaken();
    appSends("answer");
    assertThat(clientReceives(6)).isEqualTo("answer");
    clientSends(REQUEST);
    serveInSuccessor(awaitMoved());
  }

  @Test
  void a_client_whom_the_dead_successor_has_heard_is_reset_and_counts_as_lost() throws Exception {
    exchange();
    begin();
    awaitTaken();
    clientSends(REQUEST);
    Moved one = awaitMoved();
    try (SocketIo io = new SocketIo(LIBC);
        NativeMemory buffer = new NativeMemory(4096)) {
      assertThat(io.receive(one.fd(), buffer, 4096)).isEqualTo(REQUEST.length());
    }
    LIBC.close(one.fd());
    CompletableFuture<String> words = new CompletableFuture<>();
    interposer.cancel(words::complete);
    assertThat(words.get(30, TimeUnit.SECONDS))
        .isEqualTo("1 connection had moved and is lost, 0 connections come back");
    assertThatThrownBy(() -> clientReceives(1)).hasMessageContaining("reset");
    assertThat(appReceives()).as("the app sees its client leave").isEmpty();
  }

  @Test
  void a_client_whom_the_dead_successor_has_not_heard_comes_back() throws Exception {
    exchange();
    begin();
    awaitTaken();
    clientSends(REQUEST);
    LIBC.close(awaitMoved().fd());
    clientSends(REQUEST); // Those that come meanwhile are nobody's yet.
    CompletableFuture<String> words = new CompletableFuture<>();
    interposer.cancel(words::complete);
    assertThat(words.get(30, TimeUnit.SECONDS))
        .isEqualTo("no connection had moved, 1 connection comes back");
    StringBuilder received = new StringBuilder();
    while (received.length() < 2 * REQUEST.length()) {
      received.append(appReceives());
    }
    assertThat(received).hasToString(REQUEST + REQUEST);
    appSends(RESPONSE);
    assertThat(clientReceives(RESPONSE.length())).isEqualTo(RESPONSE);
  }

  @Test
  void what_the_successor_rejects_at_the_end_of_the_drain_is_the_apps_again() throws Exception {
    exchange();
    begin();
    awaitTaken();
    clientSends(REQUEST);
    Moved one = awaitMoved();
    LIBC.close(one.fd());
    CompletableFuture<String> summary = new CompletableFuture<>();
    interposer.finish(summary::complete);
    Thread.sleep(300); // As long as an app may take that does not accept.
    assertThat(summary).isNotDone();
    interposer.rejected(one.id(), "for a test");
    assertThat(appReceives()).isEqualTo(REQUEST);
    appSends(RESPONSE);
    assertThat(clientReceives(RESPONSE.length())).isEqualTo(RESPONSE);
    assertThat(summary.get(30, TimeUnit.SECONDS))
        .isEqualTo("moved 0, ended 0, handed back 1, cut 0");
    assertThat(inode()).isEqualTo(inodeAtBegin);
  }

  @Test
  void an_error_is_not_the_end_of_it() throws Exception {
    inodeAtBegin = inode();
    AtomicInteger thrown = new AtomicInteger();
    ListenerKey key = ListenerKey.ofBound(LIBC, Descriptors.of(server));
    interposer.begin(
        List.of(key),
        (id, listener, fd) -> {
          thrown.incrementAndGet();
          throw new OutOfMemoryError("for a test");
        });
    Await.until("an error", () -> thrown.get() > 0);
    CompletableFuture<String> summary = new CompletableFuture<>();
    interposer.finish(summary::complete);
    assertThat(summary.get(30, TimeUnit.SECONDS))
        .isEqualTo("moved 0, ended 0, handed back 1, cut 0");
    exchange();
  }

  @Test
  void one_that_has_said_its_last_word_comes_back_too() throws Exception {
    exchange();
    begin();
    awaitTaken();
    clientSends("*"); // Which can't move.
    assertThat(appReceives()).isEqualTo("*");
    client.shutdownOutput();
    assertThat(appReceives()).isEmpty();
    CompletableFuture<String> summary = new CompletableFuture<>();
    interposer.finish(summary::complete);
    assertThat(summary.get(30, TimeUnit.SECONDS))
        .isEqualTo("moved 0, ended 0, handed back 1, cut 0");
    assertThat(inode()).isEqualTo(inodeAtBegin);
    appSends("good-bye");
    assertThat(clientReceives(8)).isEqualTo("good-bye");
  }

  @Test
  void what_is_left_at_the_end_of_the_drain_is_the_apps_again() throws Exception {
    clientSends("\026\003\001"); // TLS
    assertThat(appReceives()).hasSize(3);
    long inode = io.graceful.os.ProcFs.socketInode(Descriptors.of(inApp));
    begin();
    awaitTaken();
    CompletableFuture<String> summary = new CompletableFuture<>();
    interposer.finish(summary::complete);
    Await.until(
        "the app's own socket",
        () -> io.graceful.os.ProcFs.socketInode(Descriptors.of(inApp)) == inode);
    assertThat(summary.get(30, TimeUnit.SECONDS))
        .isEqualTo("moved 0, ended 0, handed back 1, cut 0");
  }
}
