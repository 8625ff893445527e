package io.graceful.move;

import static io.graceful.os.NativeLibc.LIBC;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.config.MovePolicy;
import io.graceful.hooks.SharedGuard;
import io.graceful.log.Log;
import io.graceful.os.Await;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.TcpSockets;
import io.graceful.sockets.Descriptors;
import io.graceful.sockets.ListenerKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A successor that says anything of the connections that it gets: who is not taken by it, in so
 * many words, is answered by the app. How many answers of it are heard: {@code -Dgraceful.fuzz=N}.
 */
@ExtendWith(LeavesNoDescriptor.class)
class OddAnswersTest {

  private static final int ANSWERS = Integer.getInteger("graceful.fuzz", 5_000);
  private static final int MOST_IN_A_SESSION = 5_000;
  private static final int MOST_AT_ONCE = 200;
  private static final int CLIENTS = 4;
  private static final long QUIET_MILLIS = 5;
  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String RESPONSE = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private final long seed = Long.getLong("graceful.fuzz.seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final TcpSockets tcp = new TcpSockets(LIBC);

  /** A client, and what the app has of it. */
  private final class Pair implements AutoCloseable {
    private final SocketChannel client;
    private final SocketChannel inApp;
    private final SocketAddress address;
    private final StringBuilder asked = new StringBuilder();
    private final StringBuilder answered = new StringBuilder();
    private boolean waits;
    private boolean ended;

    Pair(ServerSocketChannel server) throws IOException {
      client = SocketChannel.open(server.getLocalAddress());
      inApp = server.accept();
      address = client.getLocalAddress();
      client.configureBlocking(false);
      inApp.configureBlocking(false);
    }

    void ask() throws IOException {
      if (!waits && !ended) {
        client.write(ByteBuffer.wrap(REQUEST.getBytes(ISO_8859_1)));
        waits = true;
      }
    }

    /** Both do what there is to do. */
    void goOn() throws IOException {
      if (inApp.isOpen() && !read(inApp, asked)) {
        inApp.close();
      }
      if (asked.length() == REQUEST.length()) {
        assertThat(asked).hasToString(REQUEST);
        asked.setLength(0);
        inApp.write(ByteBuffer.wrap(RESPONSE.getBytes(ISO_8859_1)));
      }
      ended = ended || !read(client, answered);
      if (answered.length() == RESPONSE.length()) {
        assertThat(answered).hasToString(RESPONSE);
        assertThat(waits).as("it has asked").isTrue();
        answered.setLength(0);
        waits = false;
      }
    }

    /** Returns false at the end. */
    private boolean read(SocketChannel from, StringBuilder into) throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate(1024);
      try {
        if (from.read(bytes) < 0) {
          return false;
        }
      } catch (SocketException reset) {
        return false;
      }
      into.append(new String(bytes.array(), 0, bytes.position(), ISO_8859_1));
      return true;
    }

    @Override
    public void close() throws IOException {
      client.close();
      inApp.close();
    }
  }

  /** A connection as the successor gets it; here it keeps nothing of it. */
  private record Moved(int id, SocketAddress client) {}

  @Test
  void lose_no_client_but_those_that_it_says_it_has() throws Exception {
    for (int said = 0; said < ANSWERS; ) {
      Session session = new Session();
      try {
        session.run(Math.min(MOST_IN_A_SESSION, ANSWERS - said));
      } catch (AssertionError failure) {
        throw new AssertionError("seed " + seed + ", after " + said + " answers", failure);
      }
      said += session.said;
    }
  }

  private final class Session {
    private final BlockingQueue<Moved> moved = new LinkedBlockingQueue<>();
    private final Map<SocketAddress, Boolean> theirs = new ConcurrentHashMap<>();
    private final List<Pair> pairs = new ArrayList<>();
    private final List<Moved> inFlight = new ArrayList<>();
    private final Interposer interposer =
        new Interposer(
            LIBC,
            new Log(1, Log.Level.ERROR),
            new Swapper(LIBC, new Log(1, Log.Level.ERROR), new SharedGuard()),
            MovePolicy.parse("auto"),
            QUIET_MILLIS);
    private int lastId;
    private int said;
    private int taken;
    private int rejected;

    void run(int answers) throws Exception {
      try (ServerSocketChannel server = ServerSocketChannel.open()) {
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        ListenerKey key = ListenerKey.ofBound(LIBC, Descriptors.of(server));
        while (pairs.size() < CLIENTS) {
          pairs.add(new Pair(server));
        }
        interposer.begin(
            List.of(key), (id, listener, fd) -> moved.add(new Moved(id, tcp.peer(fd))));
        while (said < answers || !hasSeenBoth()) {
          for (int i = 0; i < CLIENTS; i++) {
            act(i, server);
          }
          hearAll();
          if (!inFlight.isEmpty() && random.nextInt(3) == 0) {
            decide(inFlight.remove(random.nextInt(inFlight.size())));
          }
          for (int i = random.nextInt(MOST_AT_ONCE); i > 0; i--) {
            say(key);
          }
          settle();
        }
        end();
        for (Pair pair : pairs) {
          Await.until("what is due", () -> isDone(pair));
          pair.ask();
          Await.until("one more", () -> isDone(pair));
        }
      } finally {
        for (Pair pair : pairs) {
          pair.close();
        }
        RelayThread.end(interposer);
      }
    }

    private void act(int i, ServerSocketChannel server) throws IOException {
      Pair pair = pairs.get(i);
      if (random.nextInt(3) == 0) {
        pair.ask();
      }
      pair.goOn();
      if (pair.ended) {
        assertThat(theirs).as("clients that the successor has").containsKey(pair.address);
        pair.close();
        pairs.set(i, new Pair(server));
      }
    }

    /** Answered, or with the successor. */
    private boolean isDone(Pair pair) throws IOException {
      pair.goOn();
      boolean isTheirs = theirs.containsKey(pair.address);
      assertThat(pair.ended && !isTheirs).as("the end of a client that is ours").isFalse();
      return isTheirs ? pair.ended : !pair.waits;
    }

    private void hearAll() {
      List<Moved> more = new ArrayList<>();
      moved.drainTo(more);
      for (Moved one : more) {
        inFlight.add(one);
        lastId = Math.max(lastId, one.id());
      }
    }

    private boolean hasSeenBoth() {
      return taken > 0 && rejected > 0;
    }

    private void decide(Moved one) {
      said++;
      if (random.nextBoolean()) {
        theirs.put(one.client(), true);
        interposer.taken(one.id());
        taken++;
      } else {
        interposer.rejected(one.id(), "for a test");
        rejected++;
      }
    }

    /** Of one that was under way, or of none; or of a listener. */
    private void say(ListenerKey key) throws IOException {
      said++;
      int choice = random.nextInt(100);
      if (choice == 0) {
        interposer.speaksHttp(random.nextBoolean() ? key : ListenerKey.parse("tcp4 127.0.0.1:9"));
      } else if (choice % 2 == 0) {
        interposer.taken(idOfNone());
      } else {
        interposer.rejected(idOfNone(), random.nextBoolean() ? "" : "\0");
      }
    }

    /** One that is still to come would be a guess: it is believed. */
    private int idOfNone() {
      int[] ids = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, -random.nextInt(1 << 20), past()};
      return ids[random.nextInt(ids.length)];
    }

    private int past() {
      int id = random.nextInt(lastId + 1);
      return inFlight.stream().anyMatch(one -> one.id() == id) ? 0 : id;
    }

    private void settle() throws Exception {
      int size = interposer.size();
      Thread.sleep(random.nextInt(3));
      assertThat(size).isLessThanOrEqualTo(CLIENTS);
    }

    private void end() throws Exception {
      CompletableFuture<String> words = new CompletableFuture<>();
      if (random.nextBoolean()) {
        interposer.cancel(words::complete);
        words.get(30, TimeUnit.SECONDS);
      } else {
        interposer.finish(words::complete);
        hearAll();
        while (!words.isDone()) {
          for (Moved one : inFlight) {
            interposer.rejected(one.id(), "at the end");
          }
          for (Pair pair : pairs) {
            pair.goOn();
          }
          Thread.sleep(1);
          hearAll();
        }
        assertThat(words.get()).endsWith("cut 0");
      }
    }
  }
}
