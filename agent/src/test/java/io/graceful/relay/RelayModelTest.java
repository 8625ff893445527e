package io.graceful.relay;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.ErrnoException;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.NativeMemory;
import io.graceful.os.SocketIo;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random conversations of a client and an app through the relay, both directions at once: what
 * comes out is what went in, to the byte, and ends come where they belong.
 *
 * <p>{@code -Dgraceful.relay.seed=N} repeats the conversation that failed (not its timing), {@code
 * -Dgraceful.relay.cases=N} says how many.
 */
@ExtendWith(LeavesNoDescriptor.class)
class RelayModelTest {

  private static final int CASES = Integer.getInteger("graceful.relay.cases", 10_000);

  /** Without being told how many, a busy machine does as many as it can in this time. */
  private static final long ENOUGH_NANOS =
      System.getProperty("graceful.relay.cases") == null ? 15_000_000_000L : Long.MAX_VALUE;

  private static final int AT_ONCE = 48;
  private static final long DEADLINE_NANOS = 30_000_000_000L;
  private static final int PATTERN_BYTES = 1 << 20;
  private static final int BUFFER_BYTES = 256 * 1024;

  /** What is sent: any part of it looks different from any other. */
  private static final NativeMemory PATTERN = new NativeMemory(PATTERN_BYTES);

  private static final NativeMemory BUFFER = new NativeMemory(BUFFER_BYTES);

  static {
    byte[] random = new byte[PATTERN_BYTES];
    new Random(42).nextBytes(random);
    PATTERN.bytes.put(0, random);
  }

  private enum Kind {
    /** Both send all, finish, and read to the end. */
    ORDERLY,
    /** The app closes when it has sent and read all; the client has not finished sending. */
    APP_CLOSES,
    /** The app closes when it has sent all, whatever the client is doing. */
    APP_CLOSES_EARLY,
    /** The app closes with bytes unread. */
    APP_ABORTS,
    /** The client closes when it has sent all, whatever the app is doing. */
    CLIENT_CLOSES_EARLY,
    /** The client resets the connection at some moment. */
    CLIENT_RESETS,
    /** The socket is taken away in the middle of what the client sends. */
    RELEASE,
    /** The app gets its socket back in the middle of everything, while it writes into the pair. */
    HAND_BACK
  }

  @Test
  void what_goes_in_comes_out() throws Exception {
    Long only = Long.getLong("graceful.relay.seed");
    long seed = only != null ? only : System.nanoTime() & 0xFFFFFFFFL;
    long started = System.nanoTime();
    int[] ends = new int[End.values().length];
    int begun = 0;
    try (RelayRig rig = new RelayRig()) {
      ArrayDeque<Case> running = new ArrayDeque<>();
      while (true) {
        boolean more = begun < CASES && System.nanoTime() - started < ENOUGH_NANOS;
        if (more && running.size() < AT_ONCE) {
          running.add(new Case(rig, only != null ? only : seed + begun));
          begun++;
        } else if (running.isEmpty()) {
          break;
        }
        boolean moved = false;
        for (int i = running.size(); i > 0; i--) {
          Case next = running.poll();
          moved |= next.step();
          if (!next.isDone()) {
            running.add(next);
          } else if (next.ended != null) {
            ends[next.ended.ordinal()]++;
          }
        }
        if (!moved) {
          LockSupport.parkNanos(20_000);
        }
      }
      assertThat(rig.call(rig.relay::size)).isZero();
    }
    System.out.printf(
        "relay model: %d conversations from seed %d in %d ms: ended %s%n",
        begun, seed, (System.nanoTime() - started) / 1_000_000, Arrays.toString(ends));
    if (only == null) {
      assertThat(begun).isGreaterThan(100);
      for (End end : End.values()) {
        assertThat(ends[end.ordinal()] > 0).as("%s occurred", end).isEqualTo(end != End.DROPPED);
      }
    }
  }

  /** One of the two that talk: what it does next is its own decision. */
  private static final class Talker {
    final SocketIo io;
    final Random random;
    final String name;
    int fd;
    final int start;
    final int total;
    final int chunk;
    final int laziness;
    int sent;
    int received;
    int error;
    boolean sawEnd;
    boolean finished;
    boolean closed;
    int sleeping;

    Talker(String name, SocketIo io, Random random, int fd) {
      this.name = name;
      this.io = io;
      this.random = random;
      this.fd = fd;
      this.start = random.nextInt(PATTERN_BYTES);
      this.chunk = 1 + random.nextInt(random.nextBoolean() ? 3000 : 100_000);
      this.total = Math.min(size(random), 100 * chunk);
      this.laziness = random.nextInt(8) == 0 ? 100 : random.nextInt(10);
    }

    private static int size(Random random) {
      switch (random.nextInt(10)) {
        case 0:
          return 0;
        case 1:
          return 1;
        case 2:
        case 3:
          return 200_000 + random.nextInt(500_000);
        case 4:
        case 5:
          return random.nextInt(100_000);
        default:
          return random.nextInt(4000);
      }
    }

    boolean isAsleep() {
      if (sleeping > 0) {
        sleeping--;
        return true;
      }
      if (laziness > 0 && random.nextInt(4) == 0) {
        sleeping = random.nextInt(laziness);
      }
      return false;
    }

    boolean hasSentAll() {
      return sent == total;
    }

    /** Up to some limit of its stream. */
    boolean send(int limit) {
      if (error != 0 || sent >= limit || finished || closed) {
        return false;
      }
      int at = (start + sent) % PATTERN_BYTES;
      int length = Math.min(1 + random.nextInt(chunk), Math.min(limit - sent, PATTERN_BYTES - at));
      int count = io.send(fd, PATTERN, at, length);
      if (count > 0) {
        sent += count;
      } else if (count != -ErrnoException.EAGAIN) {
        error = -count;
      }
      return count > 0;
    }

    boolean receive(Talker from) {
      if (sawEnd || closed) {
        return false;
      }
      int most = random.nextInt(2 * chunk) + 1 + from.total / 100;
      int count = io.receive(fd, BUFFER, Math.min(most, BUFFER_BYTES));
      if (count > 0) {
        verify(from, count);
        received += count;
      } else if (count == 0) {
        sawEnd = true;
      } else if (count != -ErrnoException.EAGAIN) {
        error = -count;
        sawEnd = true;
      }
      return count != -ErrnoException.EAGAIN;
    }

    private void verify(Talker from, int count) {
      assertThat(received + count)
          .as("%s received, of what was sent to it", name)
          .isLessThanOrEqualTo(from.sent);
      int done = 0;
      while (done < count) {
        int at = (from.start + received + done) % PATTERN_BYTES;
        int length = Math.min(count - done, PATTERN_BYTES - at);
        ByteBuffer expected = PATTERN.bytes.slice(at, length);
        ByteBuffer got = BUFFER.bytes.slice(done, length);
        int difference = expected.mismatch(got);
        assertThat(difference)
            .as("%s received something else at byte %s", name, received + done + difference)
            .isEqualTo(-1);
        done += length;
      }
    }

    void finish() {
      io.finishSending(fd);
      finished = true;
    }

    void close() {
      LIBC.close(fd);
      closed = true;
    }
  }

  private static final class Case implements Observer {
    private final RelayRig rig;
    private final long seed;
    private final Random random;
    private final Kind kind;
    private final Talker client;
    private final Talker app;
    private final boolean overTcp;
    private final boolean showsResets;
    private final long deadline = System.nanoTime() + DEADLINE_NANOS;
    private final int moment;
    private final Object appEndLock = new Object();
    private Connection connection;
    private boolean done;
    private boolean asked;
    private int unreadAtClose;
    private int limitOfApp;
    private int limitOfClient;
    private int socket = -1;
    private boolean socketIsDuplicate;
    private volatile int given = -1;
    private volatile int refused;
    volatile End ended;
    private volatile Throwable failure;

    Case(RelayRig rig, long seed) throws Exception {
      this.rig = rig;
      this.seed = seed;
      this.random = new Random(seed);
      random.nextInt();
      this.kind = Kind.values()[random.nextInt(Kind.values().length)];
      this.overTcp = kind == Kind.APP_ABORTS || kind == Kind.CLIENT_RESETS || random.nextInt(3) > 0;
      this.showsResets = random.nextInt(4) > 0;
      // In still smaller ones the kernel sends a window's worth five times in a second, if the
      // window
      // is smaller than the largest segment (the persist timer of RFC 9293, 3.8.6.1).
      int bufferBytes = random.nextInt(3) == 0 ? 16_000 + random.nextInt(50_000) : 0;
      int[] outside = overTcp ? rig.tcpPair(bufferBytes) : rig.unixPair();
      int[] inside = rig.unixPair();
      this.client = new Talker("client", rig.io, random, outside[0]);
      this.app = new Talker("app", rig.io, random, inside[0]);
      this.moment = random.nextInt(client.total + 1);
      this.limitOfApp = app.total;
      this.limitOfClient = client.total;
      boolean watch = random.nextBoolean();
      History history =
          random.nextBoolean()
              ? History.BUSY
              : random.nextBoolean() ? History.FRESH : History.quiet(random.nextInt(30));
      int grace = random.nextInt(4);
      rig.relay.post(
          () -> {
            try {
              connection = rig.relay.add(outside[1], inside[1], history, this, watch);
              if (grace == 0) {
                connection.admit();
              } else {
                rig.relay.after(grace, connection::admit);
              }
            } catch (ErrnoException impossible) {
              failure = impossible;
            }
          });
      if (kind == Kind.RELEASE) {
        limitOfApp = random.nextInt(app.total + 1);
      }
    }

    boolean isDone() {
      return done;
    }

    boolean step() throws Exception {
      try {
        if (failure != null) {
          throw failure;
        }
        boolean moved = talk();
        check();
        if (System.nanoTime() - deadline > 0) {
          throw new AssertionError("not finished within 30 s");
        }
        return moved;
      } catch (Throwable wrong) {
        throw new AssertionError(describe(), wrong);
      }
    }

    private boolean talk() throws Exception {
      boolean moved = false;
      if (!client.isAsleep()) {
        moved |= client.send(limitOfClient);
        moved |= client.receive(app);
      }
      if (!app.isAsleep()) {
        moved |= app.send(limitOfApp);
        if (kind != Kind.APP_ABORTS || app.received < moment / 2) {
          moved |= app.receive(client);
        }
      }
      return moved | act();
    }

    private boolean act() throws Exception {
      switch (kind) {
        case ORDERLY:
          if (client.hasSentAll() && !client.finished) {
            client.finish();
          }
          if (app.hasSentAll() && !app.finished) {
            app.finish();
          }
          break;
        case APP_CLOSES:
          if (app.hasSentAll() && app.received == client.total && !app.closed) {
            closeApp();
          }
          break;
        case APP_CLOSES_EARLY:
          if (app.hasSentAll() && !app.closed) {
            closeApp();
          }
          break;
        case APP_ABORTS:
          if (app.hasSentAll()
              && !app.closed
              && (rig.io.unread(app.fd) > 0 || app.received == client.total)) {
            closeApp();
          }
          break;
        case CLIENT_CLOSES_EARLY:
          if (client.hasSentAll() && !client.closed) {
            client.close();
          }
          break;
        case CLIENT_RESETS:
          if (client.sent >= moment && !client.closed) {
            rig.io.resetOnClose(client.fd);
            client.close();
          }
          break;
        case RELEASE:
          if (app.sent == limitOfApp && client.received == limitOfApp && client.sent >= moment) {
            release();
          }
          break;
        case HAND_BACK:
          if (client.sent >= moment) {
            giveBack();
          }
          break;
        default:
          throw new AssertionError(kind);
      }
      return false;
    }

    private void closeApp() {
      synchronized (appEndLock) {
        unreadAtClose = rig.io.unread(app.fd);
        app.close();
      }
    }

    // The socket goes to somebody else: first what is left in the pair is read, then the socket.

    private void release() throws Exception {
      if (!asked) {
        asked = true;
        rig.relay.post(this::tryToRelease);
      }
      goOnWithGiven(true);
    }

    private void tryToRelease() {
      if (connection == null) {
        rig.relay.post(this::tryToRelease);
        return;
      }
      try {
        given = connection.release();
      } catch (IllegalStateException underWay) {
        refused++;
        rig.relay.after(1, this::tryToRelease);
      }
    }

    private void giveBack() throws Exception {
      if (!asked) {
        asked = true;
        rig.relay.post(this::tryToGiveBack);
      }
      goOnWithGiven(false);
    }

    private void tryToGiveBack() {
      if (connection == null) {
        rig.relay.after(1, this::tryToGiveBack);
        return;
      }
      try {
        int duplicate = LIBC.duplicate(connection.socket());
        try {
          connection.handBack();
          given = duplicate;
          endHandBack();
        } catch (IllegalStateException underWay) {
          LIBC.close(duplicate);
          throw underWay;
        }
      } catch (IllegalStateException underWay) {
        refused++;
        rig.relay.after(1, this::tryToGiveBack);
      } catch (ErrnoException impossible) {
        failure = impossible;
      }
    }

    private void endHandBack() {
      if (connection.isHandedBack()) {
        connection.endHandBack();
      } else if (!connection.isGone()) {
        rig.relay.after(1, this::endHandBack);
      }
    }

    private void goOnWithGiven(boolean pairIsRead) throws Exception {
      if (given < 0 || socket >= 0) {
        return;
      }
      if (kind == Kind.HAND_BACK && !app.closed) {
        // The last words on the old way; the new one is used when they have arrived.
        limitOfApp = app.sent;
        app.close();
      }
      if (kind == Kind.HAND_BACK && ended == null) {
        return;
      }
      if (pairIsRead && !app.sawEnd) {
        return; // The app reads to the end of the pair.
      }
      socket = given;
      if (kind != Kind.HAND_BACK) {
        app.close();
      }
      app.closed = false;
      app.sawEnd = false;
      app.fd = socket;
      limitOfApp = app.total;
      socketIsDuplicate = kind == Kind.HAND_BACK;
    }

    private void check() throws Exception {
      boolean over;
      switch (kind) {
        case ORDERLY:
          over = client.sawEnd && app.sawEnd && ended != null;
          if (client.sawEnd) {
            assertReceivedAll(client, app);
          }
          if (app.sawEnd) {
            assertReceivedAll(app, client);
          }
          if (over) {
            assertThat(ended).isEqualTo(End.CLOSED);
          }
          break;
        case APP_CLOSES:
          over = client.sawEnd && ended != null;
          if (client.sawEnd) {
            assertReceivedAll(client, app);
          }
          if (over) {
            assertThat(ended).isEqualTo(End.CLOSED);
          }
          break;
        case APP_CLOSES_EARLY:
          over = client.sawEnd && (ended != null || !client.closed && closeClient());
          if (client.sawEnd) {
            assertThat(client.received).isEqualTo(app.sent);
            assertThat(client.error).isIn(0, ErrnoException.ECONNRESET, ErrnoException.EPIPE);
          }
          over &= ended != null;
          break;
        case APP_ABORTS:
          over = client.sawEnd && ended != null;
          if (client.sawEnd) {
            assertThat(client.received).isEqualTo(app.sent);
            if (unreadAtClose > 0) {
              assertThat(client.error).isIn(ErrnoException.ECONNRESET, ErrnoException.EPIPE);
            }
          }
          if (over && unreadAtClose > 0) {
            assertThat(ended).isEqualTo(End.RESET_BY_APP);
          }
          break;
        case CLIENT_CLOSES_EARLY:
          if (app.sawEnd && app.error == 0) {
            // The end may be told after it can be seen, but in the same turn.
            End told = rig.call(() -> ended);
            if (told == null || told == End.CLOSED) {
              assertThat(app.received).isEqualTo(client.sent);
            }
          }
          if (app.sawEnd && !app.closed) {
            closeApp();
          }
          over = app.closed && ended != null;
          break;
        case CLIENT_RESETS:
          if (app.sawEnd && showsResets) {
            assertThat(app.error)
                .as("the end of what was cut off")
                .isIn(ErrnoException.ECONNRESET, ErrnoException.EPIPE);
          }
          over = app.sawEnd && ended != null;
          break;
        default:
          over = socket >= 0 && finishOnSocket();
          break;
      }
      if (over) {
        finish();
      }
    }

    private boolean closeClient() {
      client.close();
      return false;
    }

    /** From here on the two talk directly. */
    private boolean finishOnSocket() {
      if (client.hasSentAll() && !client.finished) {
        client.finish();
      }
      if (app.hasSentAll() && !app.finished) {
        app.finish();
      }
      if (client.sawEnd) {
        assertReceivedAll(client, app);
      }
      if (app.sawEnd) {
        assertReceivedAll(app, client);
      }
      assertThat(ended).isEqualTo(socketIsDuplicate ? End.HANDED_BACK : null);
      return client.sawEnd && app.sawEnd;
    }

    private static void assertReceivedAll(Talker receiver, Talker sender) {
      assertThat(receiver.error).as("error of %s", receiver.name).isZero();
      assertThat(receiver.received).as("received by %s", receiver.name).isEqualTo(sender.total);
    }

    private void finish() {
      done = true;
      if (!app.closed) {
        app.close();
      }
      if (!client.closed) {
        if (overTcp) {
          rig.io.resetOnClose(client.fd); // Leaves no TIME_WAIT behind.
        }
        client.close();
      }
    }

    @Override
    public void atBoundary(Connection at) {
      at.proceed();
    }

    @Override
    public void ended(Connection which, End how) {
      if (ended != null || given >= 0 && kind != Kind.HAND_BACK) {
        failure = new AssertionError("ended as " + how + " after it was over: " + ended);
      }
      ended = how;
    }

    @Override
    public int appEnd(Connection which) {
      synchronized (appEndLock) {
        try {
          return showsResets && !app.closed ? LIBC.duplicate(app.fd) : -1;
        } catch (ErrnoException impossible) {
          failure = impossible;
          return -1;
        }
      }
    }

    private String describe() {
      return String.format(
          "seed %d, %s over %s: %s; client sent %d of %d, received %d, error %d, end %s; app sent %d of"
              + " %d, received %d, error %d, end %s; ended %s, %s, taken %d, refused %d times",
          seed,
          kind,
          overTcp ? "TCP" : "UNIX",
          rig.kernelView(connection),
          client.sent,
          client.total,
          client.received,
          client.error,
          client.sawEnd,
          app.sent,
          app.total,
          app.received,
          app.error,
          app.sawEnd,
          ended,
          connection,
          given,
          refused);
    }
  }
}
