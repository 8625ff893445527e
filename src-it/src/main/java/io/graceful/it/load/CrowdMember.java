package io.graceful.it.load;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One connection of a {@link Crowd}; used by its thread only. */
final class CrowdMember {
  /** Each has all ephemeral ports of its own. */
  private static final int SOURCE_ADDRESSES = 4;

  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d{1,6})\r\n");

  private final int number;
  private SocketChannel channel;
  private SelectionKey key;
  private int port;
  private long since;
  private long notBefore = System.nanoTime();
  private long tag;
  private long due;
  private byte[] received = {};
  private long lastAnsweredBy;
  private boolean wasToldToLeave;

  CrowdMember(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  boolean mayConnect(long now) {
    return now - notBefore >= 0;
  }

  void notBefore(long nanoTime) {
    notBefore = nanoTime;
  }

  void connect(InetSocketAddress server, Selector selector, long now) throws IOException {
    since = now;
    wasToldToLeave = false;
    received = new byte[0];
    channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    if (server.getAddress().isLoopbackAddress()) {
      byte[] address = {127, 0, 0, (byte) (1 + number % SOURCE_ADDRESSES)};
      channel.bind(new InetSocketAddress(InetAddress.getByAddress(address), 0));
    }
    key = channel.register(selector, SelectionKey.OP_CONNECT, this);
    channel.connect(server);
  }

  void finishConnecting() throws IOException {
    channel.finishConnect();
    port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
    key.interestOps(SelectionKey.OP_READ);
  }

  /**
   * @param plannedFor the time from which its latency counts
   */
  void send(long plannedFor, long now) throws IOException {
    due = plannedFor;
    since = now;
    tag++;
    ByteBuffer request =
        ByteBuffer.wrap(
            Response.ascii("GET /peer?tag=" + tag + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    channel.write(request);
    if (request.hasRemaining()) {
      throw new IOException("the server doesn't read");
    }
  }

  /**
   * Takes what has come.
   *
   * @return the answer, if it is complete now
   * @throws RequestFailed if it isn't what it should be, or if nothing should have come
   */
  Greeting receive(ByteBuffer buffer, boolean isExpected) throws RequestFailed {
    buffer.clear();
    int n;
    try {
      n = channel.read(buffer);
    } catch (IOException e) {
      throw RequestFailed.transferring("reading after " + received.length + " bytes", e);
    }
    if (n < 0) {
      throw received.length == 0
          ? new RequestFailed(Failure.EOF_BEFORE_RESPONSE, "closed before the first byte")
          : new RequestFailed(Failure.TRUNCATED, "closed after " + received.length + " bytes");
    }
    if (n > 0 && !isExpected) {
      throw new RequestFailed(Failure.WRONG_BODY, n + " bytes that nobody has asked for");
    }
    keep(buffer.flip());
    int length = lengthOfResponse();
    if (length < 0 || received.length < length) {
      return null;
    }
    if (received.length > length) {
      throw new RequestFailed(
          Failure.WRONG_BODY, received.length - length + " bytes more than the answer");
    }
    return parse();
  }

  void answeredBy(long pid) {
    lastAnsweredBy = pid;
  }

  /** On this connection or on the one before; 0 if nobody has ever answered. */
  long lastAnsweredBy() {
    return lastAnsweredBy;
  }

  FailedRequest failed(RequestFailed why) {
    return new FailedRequest(
        LocalTime.now().truncatedTo(ChronoUnit.MILLIS),
        due,
        System.nanoTime(),
        why.failure(),
        "port " + port,
        lastAnsweredBy,
        why.getMessage());
  }

  /** By the last answer: its connection must not be used again. */
  boolean wasToldToLeave() {
    return wasToldToLeave;
  }

  boolean isOpen() {
    return channel != null && channel.isOpen();
  }

  /** When the connection or the request that it waits for has begun. */
  long since() {
    return since;
  }

  long due() {
    return due;
  }

  void close() {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // What became of its request is known by now.
    }
  }

  private void keep(ByteBuffer more) {
    byte[] all = Arrays.copyOf(received, received.length + more.remaining());
    more.get(all, received.length, more.remaining());
    received = all;
  }

  /** With its head; -1 while that isn't complete. */
  private int lengthOfResponse() throws RequestFailed {
    String text = new String(received, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      return -1;
    }
    Matcher length = LENGTH.matcher(text.substring(0, end + 2));
    if (!length.find()) {
      throw new RequestFailed(
          Failure.BAD_STATUS, "no Content-Length: " + text.substring(0, end).lines().toList());
    }
    return end + 4 + Integer.parseInt(length.group(1));
  }

  private Greeting parse() throws RequestFailed {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    Response response = Response.read(new ByteArrayInputStream(received), body);
    received = new byte[0];
    wasToldToLeave = response.announcesClose();
    return Greeting.parse(body.toString(StandardCharsets.ISO_8859_1), port, tag);
  }
}
