package io.graceful.relay;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.ErrnoException;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.NativeMemory;
import io.graceful.os.SocketIo;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random HTTP conversations of a client with one app after the other: at boundaries the connection
 * moves to the next app, or doesn't, and each request is answered once, by the app that has got it
 * whole. {@code -Dgraceful.relay.seed} repeats a conversation.
 */
@ExtendWith(LeavesNoDescriptor.class)
class HttpThroughRelayTest {

  private static final int CONVERSATIONS = 400;
  private static final int AT_ONCE = 40;
  private static final long DEADLINE_NANOS = 60_000_000_000L;
  private static final String LOOKS_LIKE_A_REQUEST = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String LOOKS_LIKE_AN_END = "\r\n0\r\n\r\n";

  @Test
  void a_connection_moves_between_requests_and_never_within_one() throws Exception {
    Long only = Long.getLong("graceful.relay.seed");
    long seed = only != null ? only : System.nanoTime() & 0xFFFFFFFFL;
    int requests = 0;
    int boundaries = 0;
    int moves = 0;
    int plainRequests = 0;
    int plainBoundaries = 0;
    try (RelayRig rig = new RelayRig()) {
      ArrayDeque<Conversation> running = new ArrayDeque<>();
      for (int begun = 0; begun < CONVERSATIONS || !running.isEmpty(); ) {
        if (begun < CONVERSATIONS && running.size() < AT_ONCE) {
          running.add(new Conversation(rig, only != null ? only : seed + begun));
          begun++;
        }
        boolean moved = false;
        for (int i = running.size(); i > 0; i--) {
          Conversation next = running.poll();
          moved |= next.step();
          if (next.isDone()) {
            requests += next.exchanges.size();
            boundaries += next.boundaries;
            moves += next.moves;
            if (next.isPlain) {
              plainRequests += next.exchanges.size();
              // Those that moved were there twice.
              plainBoundaries += next.boundaries - next.moves;
            }
          } else {
            running.add(next);
          }
        }
        if (!moved) {
          LockSupport.parkNanos(50_000);
        }
      }
      assertThat(rig.call(rig.relay::size)).isZero();
    }
    System.out.printf(
        "http through relay: seed %d, %d requests, %d boundaries, %d moves%n",
        seed, requests, boundaries, moves);
    if (only == null) {
      assertThat(moves).isGreaterThan(requests / 4);
      assertThat(plainRequests).isPositive();
      assertThat(plainBoundaries).isBetween(plainRequests * 9 / 10, plainRequests);
    }
  }

  private static final class Exchange {
    final byte[] request;
    final int headLength;
    final byte[] interim;
    final byte[] response;
    final boolean expectsContinue;
    final boolean answeredEarly;

    Exchange(
        String head,
        String body,
        String interim,
        String response,
        boolean expectsContinue,
        boolean answeredEarly) {
      this.request = Bytes.latin(head + body);
      this.headLength = head.length();
      this.interim = Bytes.latin(interim);
      this.response = Bytes.latin(response);
      this.expectsContinue = expectsContinue;
      this.answeredEarly = answeredEarly;
    }

    static Exchange random(Random random) {
      String text = text(random);
      boolean isHead = random.nextInt(6) == 0;
      String method = isHead ? "HEAD" : "GET";
      String head = method + " /" + random.nextInt(1000) + " HTTP/1.1\r\nHost: x\r\n\r\n";
      String body = "";
      boolean expects = false;
      boolean early = false;
      if (!isHead && random.nextBoolean()) {
        expects = random.nextInt(3) == 0;
        early = !expects && random.nextInt(4) == 0;
        boolean chunked = random.nextBoolean();
        String upload = text(random);
        body = chunked ? chunked(upload, random) : upload;
        head =
            "POST /upload HTTP/1.1\r\n"
                + (expects ? "Expect: 100-continue\r\n" : "")
                + (chunked
                    ? "Transfer-Encoding: chunked\r\n\r\n"
                    : "Content-Length: " + upload.length() + "\r\n\r\n");
      }
      String interim = expects ? "HTTP/1.1 100 Continue\r\n\r\n" : "";
      if (!expects && random.nextInt(6) == 0) {
        interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
      }
      String response;
      switch (random.nextInt(6)) {
        case 0:
          response = "HTTP/1.1 204 No Content\r\n\r\n";
          break;
        case 1:
          response = "HTTP/1.1 304 Not Modified\r\nContent-Length: 70\r\n\r\n";
          break;
        case 2:
        case 3:
          response =
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + (isHead ? "" : chunked(text, random));
          break;
        default:
          response =
              "HTTP/1.1 200 OK\r\nContent-Length: "
                  + text.length()
                  + "\r\n\r\n"
                  + (isHead ? "" : text);
          break;
      }
      return new Exchange(head, body, interim, response, expects, early);
    }

    private static String text(Random random) {
      StringBuilder text = new StringBuilder();
      int parts = random.nextInt(10) == 0 ? 3000 : random.nextInt(6);
      for (int i = 0; i < parts; i++) {
        text.append(random.nextBoolean() ? LOOKS_LIKE_A_REQUEST : LOOKS_LIKE_AN_END);
        text.append(i);
      }
      return text.toString();
    }

    private static String chunked(String text, Random random) {
      StringBuilder chunks = new StringBuilder();
      for (int at = 0; at < text.length(); ) {
        int length = Math.min(text.length() - at, 1 + random.nextInt(5000));
        chunks
            .append(Integer.toHexString(length))
            .append(random.nextBoolean() ? "" : ";x=y")
            .append("\r\n")
            .append(text, at, at + length)
            .append("\r\n");
        at += length;
      }
      return chunks
          .append("0\r\n")
          .append(random.nextBoolean() ? "" : "Sum: 1\r\n")
          .append("\r\n")
          .toString();
    }
  }

  private static final class Conversation implements Observer {
    private final RelayRig rig;
    private final SocketIo io;
    private final long seed;
    private final Random random;
    private final List<Exchange> exchanges = new ArrayList<>();
    private final byte[] fromClient;
    private final byte[] fromApp;

    /** Where the requests end in what the client sends, and the answers in what the app sends. */
    private final int[] endOfRequest;

    private final int[] endOfAnswer;
    private final int[] endOfInterim;
    private final int ahead;

    /** Each request of it should be at a boundary, if the machine keeps its times. */
    final boolean isPlain;

    private final long deadline = System.nanoTime() + DEADLINE_NANOS;
    private final NativeMemory buffer = new NativeMemory(64 * 1024);

    private final int client;
    private int clientSent;
    private int clientReceived;
    private int appSent;
    private int appReceived;
    private int app;
    private final List<Integer> formerApps = new ArrayList<>();
    private long appSleepsUntil;
    private long clientSleepsUntil;

    // On the relay's thread only, until it is done.
    private int relayedFromClient;
    private int relayedFromApp;
    private int movedBefore = -1;

    private volatile int nextApp = -1;
    private volatile Connection connection;
    private volatile Throwable failure;
    private volatile End ended;
    volatile int boundaries;
    volatile int moves;
    private boolean done;

    Conversation(RelayRig rig, long seed) throws Exception {
      this.rig = rig;
      this.io = rig.io;
      this.seed = seed;
      this.random = new Random(seed);
      random.nextInt();
      int count = 2 + random.nextInt(10);
      endOfRequest = new int[count];
      endOfAnswer = new int[count];
      endOfInterim = new int[count];
      ByteArrayOutputStream client = new ByteArrayOutputStream();
      ByteArrayOutputStream app = new ByteArrayOutputStream();
      for (int i = 0; i < count; i++) {
        Exchange next = Exchange.random(random);
        exchanges.add(next);
        client.write(next.request);
        endOfRequest[i] = client.size();
        app.write(next.interim);
        endOfInterim[i] = app.size();
        app.write(next.response);
        endOfAnswer[i] = app.size();
      }
      fromClient = client.toByteArray();
      fromApp = app.toByteArray();
      int[] outside = rig.tcpPair(0);
      this.client = outside[0];
      History history = before(outside[1]);
      // A client of which nothing is known and that is ahead of the app can't be told from others.
      this.ahead = history == History.FRESH && random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 0;
      boolean early = false;
      for (Exchange exchange : exchanges) {
        early |= exchange.answeredEarly;
      }
      this.isPlain = history == History.FRESH && ahead == 0 && !early;
      int[] inside = rig.unixPair();
      this.app = inside[0];
      int grace = random.nextInt(3);
      relayedFromClient = appReceived;
      relayedFromApp = appSent;
      rig.relay.post(() -> interpose(outside[1], inside[1], history, grace));
    }

    /** What client and app have said to each other before the relay came. */
    private History before(int socket) {
      int kind = random.nextInt(3);
      if (kind == 0) {
        return History.FRESH;
      }
      int exchange = random.nextInt(exchanges.size() - 1);
      int requestTo = endOfRequest[exchange];
      int answerTo = endOfAnswer[exchange];
      if (kind == 1) { // Somewhere in an exchange.
        int start = exchange == 0 ? 0 : endOfRequest[exchange - 1];
        int answerStart = exchange == 0 ? 0 : endOfAnswer[exchange - 1];
        int interim = exchanges.get(exchange).expectsContinue ? endOfInterim[exchange] : 0;
        // The rest of an upload that was answered already can't be told from another request.
        boolean mayBeInRequest = !exchanges.get(exchange).answeredEarly;
        if (random.nextBoolean() && mayBeInRequest) {
          // In the request; where it waits to be continued that has been said already.
          int head = exchanges.get(exchange).headLength;
          requestTo = start + 1 + random.nextInt(requestTo - start);
          answerTo = interim > 0 && requestTo > start + head ? interim : answerStart;
        } else {
          answerTo = answerStart + 1 + random.nextInt(answerTo - answerStart);
          answerTo = Math.max(answerTo, interim);
        }
      }
      transfer(client, socket, fromClient, requestTo);
      transfer(socket, client, fromApp, answerTo);
      clientSent = requestTo;
      appReceived = requestTo;
      appSent = answerTo;
      clientReceived = answerTo;
      return kind == 1 ? History.BUSY : History.quiet(random.nextInt(40));
    }

    private void transfer(int from, int to, byte[] what, int until) {
      for (int at = 0; at < until; ) {
        int length = Math.min(until - at, 4096);
        buffer.bytes.put(0, what, at, length);
        assertThat(io.send(from, buffer, 0, length)).isEqualTo(length);
        for (int got = 0; got < length; ) {
          got += Math.max(0, io.receive(to, buffer, length - got));
        }
        at += length;
      }
    }

    private void interpose(int socket, int pair, History history, int grace) {
      try {
        Connection added = rig.relay.add(socket, pair, history, this, true);
        connection = added;
        if (grace == 0) {
          added.admit();
        } else {
          rig.relay.after(grace, added::admit);
        }
      } catch (ErrnoException impossible) {
        failure = impossible;
      }
    }

    @Override
    public void atBoundary(Connection at) {
      int clientBytes = relayedFromClient + (int) at.bytesFromClient();
      int appBytes = relayedFromApp + (int) at.bytesFromApp();
      int next = 0;
      while (next < endOfRequest.length && endOfRequest[next] <= clientBytes) {
        next++;
      }
      int requests = next == 0 ? 0 : endOfRequest[next - 1];
      int answers = next == 0 ? 0 : endOfAnswer[next - 1];
      if (requests != clientBytes || answers != appBytes) {
        failure =
            new AssertionError(
                "no boundary: "
                    + (clientBytes - requests)
                    + " bytes into request "
                    + next
                    + ", "
                    + (appBytes - answers)
                    + " bytes too many or few of answers");
        at.proceed();
        return;
      }
      boundaries++;
      int choice = (int) ((seed + 31 * next) % 3);
      if (next == movedBefore || choice == 0) {
        at.proceed();
      } else {
        movedBefore = next;
        moves++;
        if (choice == 1) {
          move(at);
        } else {
          rig.relay.after(1, () -> move(at)); // The owner takes its time.
        }
      }
    }

    private void move(Connection at) {
      relayedFromClient += (int) at.bytesFromClient();
      relayedFromApp += (int) at.bytesFromApp();
      try {
        int socket = at.release();
        int[] inside = rig.unixPair();
        nextApp = inside[0];
        interpose(socket, inside[1], History.quiet(100), 0);
      } catch (Exception impossible) {
        failure = impossible;
      }
    }

    @Override
    public void ended(Connection which, End how) {
      ended = how;
    }

    @Override
    public int appEnd(Connection which) {
      return -1;
    }

    boolean isDone() {
      return done;
    }

    boolean step() {
      try {
        if (failure != null) {
          throw failure;
        }
        if (System.nanoTime() - deadline > 0) {
          throw new AssertionError("not finished within 60 s");
        }
        boolean moved = talk();
        if (clientReceived == fromApp.length && appReceived == fromClient.length) {
          io.finishSending(client);
          io.finishSending(app);
        }
        if (ended != null) {
          finish();
        }
        return moved;
      } catch (Throwable wrong) {
        throw new AssertionError(
            String.format(
                "seed %d, %d ahead: client sent %d of %d, received %d of %d; app received %d, sent %d; %d"
                    + " boundaries, %d moves, %s, %s",
                seed,
                ahead,
                clientSent,
                fromClient.length,
                clientReceived,
                fromApp.length,
                appReceived,
                appSent,
                boundaries,
                moves,
                connection,
                ended),
            wrong);
      }
    }

    private void finish() {
      assertThat(ended).isEqualTo(End.CLOSED);
      assertThat(appReceived).isEqualTo(fromClient.length);
      assertThat(clientReceived).isEqualTo(fromApp.length);
      for (int former : formerApps) {
        assertThat(io.receive(former, buffer, 1)).as("a former app sees its client leave").isZero();
        LIBC.close(former);
      }
      LIBC.close(app);
      io.resetOnClose(client);
      LIBC.close(client);
      buffer.close();
      done = true;
    }

    private boolean talk() {
      boolean moved = false;
      long now = System.nanoTime();
      if (now - clientSleepsUntil > 0) {
        moved |= clientReads() | clientWrites();
        clientSleepsUntil = now + pause();
      }
      if (now - appSleepsUntil > 0) {
        moved |= appReads() | appWrites();
        appSleepsUntil = now + pause();
      }
      return moved;
    }

    /** Longer than the silence that is waited for, sometimes. */
    private long pause() {
      int choice = random.nextInt(200);
      return choice == 0 ? 30_000_000L : choice < 10 ? 2_000_000L : 0;
    }

    private boolean clientReads() {
      int count = io.receive(client, buffer, 1 + random.nextInt(60_000));
      if (count <= 0) {
        return false;
      }
      verify(fromApp, clientReceived, count, "the client");
      clientReceived += count;
      return true;
    }

    private boolean clientWrites() {
      int current = 0;
      while (current < exchanges.size() && endOfRequest[current] <= clientSent) {
        current++;
      }
      if (current == exchanges.size()) {
        return false;
      }
      int answered = 0;
      while (answered < exchanges.size() && endOfAnswer[answered] <= clientReceived) {
        answered++;
      }
      int limit = endOfRequest[current];
      int start = current == 0 ? 0 : endOfRequest[current - 1];
      Exchange exchange = exchanges.get(current);
      if (clientSent == start && current - answered > ahead) {
        return false;
      }
      if (exchange.expectsContinue && clientReceived < endOfInterim[current]) {
        limit = start + exchange.headLength;
      }
      return send(client, fromClient, clientSent, limit, true);
    }

    private boolean appReads() {
      boolean moved = false;
      if (nextApp >= 0) {
        formerApps.add(app);
        app = nextApp;
        nextApp = -1;
      }
      int count = io.receive(app, buffer, 1 + random.nextInt(60_000));
      if (count > 0) {
        verify(fromClient, appReceived, count, "the app");
        appReceived += count;
        moved = true;
      }
      return moved;
    }

    private boolean appWrites() {
      int current = 0;
      while (current < exchanges.size() && endOfAnswer[current] <= appSent) {
        current++;
      }
      if (current == exchanges.size()) {
        return false;
      }
      Exchange exchange = exchanges.get(current);
      int start = current == 0 ? 0 : endOfRequest[current - 1];
      int limit = appSent;
      if (appReceived >= start + exchange.headLength) {
        limit = Math.max(limit, endOfInterim[current]);
        if (exchange.answeredEarly || appReceived >= endOfRequest[current]) {
          limit = endOfAnswer[current];
        }
      }
      return send(app, fromApp, appSent, limit, false);
    }

    private boolean send(int fd, byte[] what, int from, int limit, boolean isClient) {
      if (from >= limit) {
        return false;
      }
      int most = random.nextInt(4) == 0 ? 20 : 60_000;
      int length = Math.min(limit - from, 1 + random.nextInt(most));
      buffer.bytes.put(0, what, from, length);
      int sent = io.send(fd, buffer, 0, length);
      if (sent > 0 && isClient) {
        clientSent += sent;
      } else if (sent > 0) {
        appSent += sent;
      } else {
        assertThat(sent).isEqualTo(-ErrnoException.EAGAIN);
      }
      return sent > 0;
    }

    private void verify(byte[] expected, int from, int count, String who) {
      assertThat(from + count).as("%s received", who).isLessThanOrEqualTo(expected.length);
      for (int i = 0; i < count; i++) {
        if (buffer.bytes.get(i) != expected[from + i]) {
          throw new AssertionError(who + " received something else at byte " + (from + i));
        }
      }
    }
  }
}
