package io.graceful.relay;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.Await;
import io.graceful.os.ErrnoException;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.NativeMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** What tests of the relay have in common: it runs, and is stopped with nothing left open. */
@ExtendWith(LeavesNoDescriptor.class)
abstract class RelayedPeers {

  static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

  /** Of a socket's buffers, where there are very many. */
  static final int SMALL = 4096;

  /** A UNIX socket to the client instead, whose buffers don't grow. */
  static final int NO_TCP = -1;

  RelayRig rig;
  NativeMemory buffer;
  private final List<Peers> opened = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    rig = new RelayRig();
    buffer = new NativeMemory(1 << 20);
  }

  @AfterEach
  void stop() throws Exception {
    opened.forEach(Peers::close);
    rig.close();
    buffer.close();
  }

  /**
   * What holds only if the test itself is fast enough: a machine may be too busy for that, now and
   * then.
   *
   * @param millis in which it must be done
   */
  static void retry(long millis, Callable<Boolean> attempt) throws Exception {
    for (int i = 0; i < 20; i++) {
      long started = System.nanoTime();
      if (attempt.call()) {
        return;
      }
      assertThat(millisSince(started))
          .as("was slow, so it may fail")
          .isGreaterThanOrEqualTo(millis);
    }
    throw new AssertionError("not once in time");
  }

  static long millisSince(long nanoTime) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanoTime);
  }

  /** A client and an app with the relay between them. */
  final class Peers implements Observer {
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    final Connection connection;
    final int client;
    final int app;
    volatile boolean showsResets;
    volatile boolean failsAtBoundary;
    private boolean clientIsClosed;
    private boolean appIsClosed;

    Peers(History history, boolean watch) throws Exception {
      this(history, watch, 0);
    }

    Peers(History history, boolean watch, int bufferBytes) throws Exception {
      int[] outside = bufferBytes == NO_TCP ? rig.unixPair() : rig.tcpPair(bufferBytes);
      int[] inside = rig.unixPair();
      client = outside[0];
      app = inside[0];
      opened.add(this);
      connection = rig.call(() -> rig.relay.add(outside[1], inside[1], history, this, watch));
    }

    Peers admit() throws Exception {
      onRelay(Connection::admit);
      return this;
    }

    void onRelay(java.util.function.Consumer<Connection> action) throws Exception {
      rig.call(
          () -> {
            action.accept(connection);
            return null;
          });
    }

    @Override
    public void atBoundary(Connection at) {
      events.add("at boundary");
      if (failsAtBoundary) {
        throw new IllegalStateException("at boundary");
      }
    }

    @Override
    public void ended(Connection which, End how) {
      events.add("ended " + how);
    }

    @Override
    public int appEnd(Connection which) {
      try {
        return showsResets ? LIBC.duplicate(app) : -1;
      } catch (ErrnoException impossible) {
        throw new AssertionError(impossible);
      }
    }

    void awaitEvent(String expected) throws Exception {
      assertThat(events.poll(30, TimeUnit.SECONDS)).isEqualTo(expected);
    }

    /** Whether it is, or goes on to the app. */
    boolean isAtBoundary() throws Exception {
      Await.until("it is decided", () -> !events.isEmpty() || rig.io.unread(app) > 0);
      return !events.isEmpty();
    }

    void clientSends(String text) {
      send(client, text);
    }

    void appSends(String text) {
      send(app, text);
    }

    private void send(int fd, String text) {
      byte[] bytes = Bytes.latin(text);
      try (NativeMemory memory = new NativeMemory(Math.max(1, bytes.length))) {
        memory.bytes.put(0, bytes);
        assertThat(rig.io.send(fd, memory, 0, bytes.length)).isEqualTo(bytes.length);
      }
    }

    void clientGets(String text) throws Exception {
      gets(client, "the client", text);
    }

    void appGets(String text) throws Exception {
      gets(app, "the app", text);
    }

    private void gets(int fd, String who, String text) throws Exception {
      StringBuilder got = new StringBuilder();
      Await.until(
          who + " gets " + text + ", until now it has " + got,
          () -> {
            int count = rig.io.receive(fd, buffer, text.length() - got.length());
            assertThat(count).isIn(-ErrnoException.EAGAIN, Math.max(1, count));
            for (int i = 0; i < count; i++) {
              got.append((char) (buffer.bytes.get(i) & 0xFF));
            }
            return got.length() == text.length();
          });
      assertThat(got.toString()).isEqualTo(text);
    }

    void clientGetsEnd(int errno) throws Exception {
      getsEnd(client, errno);
    }

    void appGetsEnd(int errno) throws Exception {
      getsEnd(app, errno);
    }

    private void getsEnd(int fd, int errno) throws Exception {
      int[] result = {-ErrnoException.EAGAIN};
      Await.until(
          "the end",
          () -> {
            result[0] = rig.io.receive(fd, buffer, 1);
            return result[0] != -ErrnoException.EAGAIN;
          });
      assertThat(result[0]).isEqualTo(-errno);
    }

    /** Sends until nothing is taken any more, not even after the relay has had its turn. */
    long fill(int fd) throws Exception {
      long total = 0;
      for (int refusals = 0; refusals < 3; ) {
        int count = rig.io.send(fd, buffer, 0, 1 << 20);
        if (count > 0) {
          total += count;
          refusals = 0;
        } else {
          assertThat(count).isEqualTo(-ErrnoException.EAGAIN);
          refusals++;
          rig.awaitTurn();
        }
      }
      return total;
    }

    long drain(int fd, long expected) throws Exception {
      long[] total = {0};
      Await.until(
          "all was drained",
          () -> {
            total[0] += Math.max(0, rig.io.receive(fd, buffer, 1 << 20));
            return total[0] >= expected;
          });
      return total[0];
    }

    void resetClient() {
      rig.io.resetOnClose(client);
      closeClient();
    }

    void closeClient() {
      if (!clientIsClosed) {
        clientIsClosed = true;
        rig.close(client);
      }
    }

    void closeApp() {
      if (!appIsClosed) {
        appIsClosed = true;
        rig.close(app);
      }
    }

    void close() {
      showsResets = false;
      rig.io.resetOnClose(client);
      closeClient();
      closeApp();
    }
  }
}
