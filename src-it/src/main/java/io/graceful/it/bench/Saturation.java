package io.graceful.it.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * As many requests as a server can answer: one thread, several keep-alive connections, the next
 * request as soon as an answer is complete. It counts bytes rather than parsing, so that it costs
 * less than the server: all answers of a server to the same request are of one length.
 */
final class Saturation implements AutoCloseable {
  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EXPECTED = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);
  private static final int ANSWER_MILLIS = 300;
  private static final int STUCK_MILLIS = 10_000;

  private final Selector selector = Selector.open();
  private final List<Conversation> conversations = new ArrayList<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
  private final int answerBytes;
  private long answers;

  Saturation(int port, int connections) throws IOException {
    InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.answerBytes = answerBytes(server);
    for (int i = 0; i < connections; i++) {
      SocketChannel channel = SocketChannel.open(server);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      Conversation conversation = new Conversation(channel);
      channel.register(selector, SelectionKey.OP_READ, conversation);
      conversations.add(conversation);
    }
  }

  /** Answers per second over this time; in between two calls the connections are idle. */
  double perSecond(int millis) throws IOException {
    long before = answers;
    long start = System.nanoTime();
    long end = start + TimeUnit.MILLISECONDS.toNanos(millis);
    for (Conversation conversation : conversations) {
      conversation.ask();
    }
    while (System.nanoTime() < end) {
      turn(true);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    double rate = (answers - before) / seconds;
    while (conversations.stream().anyMatch(Conversation::isAwaitingAnswer)) {
      turn(false);
    }
    return rate;
  }

  /** All that it has received. */
  long answers() {
    return answers;
  }

  @Override
  public void close() throws IOException {
    for (Conversation conversation : conversations) {
      conversation.channel.close();
    }
    selector.close();
  }

  private void turn(boolean goOn) throws IOException {
    if (selector.select(STUCK_MILLIS) == 0) {
      throw new IOException("no answer for " + STUCK_MILLIS + " ms");
    }
    for (SelectionKey key : selector.selectedKeys()) {
      Conversation conversation = (Conversation) key.attachment();
      conversation.read();
      if (goOn && !conversation.isAwaitingAnswer()) {
        conversation.ask();
      }
    }
    selector.selectedKeys().clear();
  }

  /** Of one answer, by waiting until no more comes. */
  private int answerBytes(InetSocketAddress server) throws IOException {
    try (SocketChannel channel = SocketChannel.open(server)) {
      channel.write(ByteBuffer.wrap(REQUEST));
      channel.socket().setSoTimeout(ANSWER_MILLIS);
      byte[] bytes = new byte[4096];
      int total = 0;
      try {
        while (true) {
          int n = channel.socket().getInputStream().read(bytes, total, bytes.length - total);
          if (n < 0) {
            throw new IOException("the server doesn't keep connections alive");
          }
          total += n;
        }
      } catch (java.net.SocketTimeoutException complete) {
        if (!Arrays.equals(bytes, 0, EXPECTED.length, EXPECTED, 0, EXPECTED.length)) {
          throw new IOException(
              "not an answer: " + new String(bytes, 0, total, StandardCharsets.US_ASCII));
        }
        return total;
      }
    }
  }

  private final class Conversation {
    private final SocketChannel channel;
    private int missing;

    Conversation(SocketChannel channel) {
      this.channel = channel;
    }

    boolean isAwaitingAnswer() {
      return missing > 0;
    }

    void ask() throws IOException {
      if (channel.write(ByteBuffer.wrap(REQUEST)) != REQUEST.length) {
        throw new IOException("the server doesn't read");
      }
      missing = answerBytes;
    }

    void read() throws IOException {
      buffer.clear();
      int n = channel.read(buffer);
      if (n < 0 || n > missing) {
        throw new IOException(n < 0 ? "closed by the server" : "an answer of another length");
      }
      if (n > 0 && missing == answerBytes && !beginsAsExpected()) {
        throw new IOException("not status 200");
      }
      missing -= n;
      if (missing == 0) {
        answers++;
      }
    }

    private boolean beginsAsExpected() {
      for (int i = 0; i < Math.min(EXPECTED.length, buffer.position()); i++) {
        if (buffer.get(i) != EXPECTED[i]) {
          return false;
        }
      }
      return true;
    }
  }
}
