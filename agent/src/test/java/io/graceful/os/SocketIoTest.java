package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.sockets.Descriptors;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeavesNoDescriptor.class)
class SocketIoTest {

  private final SocketIo io = new SocketIo(LIBC);
  private final NativeMemory buffer = new NativeMemory(1 << 16);
  private int[] pair;

  @BeforeEach
  void open() throws Exception {
    pair = LIBC.streamPair();
  }

  @AfterEach
  void close() {
    LIBC.close(pair[0]);
    LIBC.close(pair[1]);
    io.close();
    buffer.close();
  }

  @Test
  void a_stream_pair_keeps_away_from_the_low_numbers_and_from_other_programs() throws Exception {
    for (int end : pair) {
      assertThat(end).isGreaterThanOrEqualTo(64);
      assertThat(LIBC.socketType(end)).isEqualTo(Libc.SOCK_STREAM);
      assertThat(LIBC.calls.check("fcntl", end, 1 /* F_GETFD */, 0)).isEqualTo(1);
    }
  }

  @Test
  void carries_bytes_without_waiting_for_them() {
    assertThat(io.receive(pair[1], buffer, 10)).isEqualTo(-ErrnoException.EAGAIN);
    send("hello");

    assertThat(io.unread(pair[1])).isEqualTo(5);
    assertThat(io.peek(pair[1], buffer, 10)).isEqualTo(5);
    assertThat(text(5)).isEqualTo("hello");
    assertThat(io.receive(pair[1], buffer, 2)).isEqualTo(2);
    assertThat(text(2)).isEqualTo("he");
    assertThat(io.undelivered(pair[0])).as("part of it was not read").isPositive();
    assertThat(io.receive(pair[1], buffer, 10)).isEqualTo(3);
    assertThat(io.undelivered(pair[0])).isZero();
    assertThat(io.unread(pair[1])).isZero();
  }

  @Test
  void sends_from_the_middle_of_a_buffer() {
    buffer.bytes.put(0, "abcdef".getBytes(StandardCharsets.US_ASCII));
    assertThat(io.send(pair[0], buffer, 2, 3)).isEqualTo(3);

    assertThat(io.receive(pair[1], buffer, 10)).isEqualTo(3);
    assertThat(text(3)).isEqualTo("cde");
  }

  @Test
  void stops_when_the_receiver_has_no_room() {
    long sent = 0;
    int count = io.send(pair[0], buffer, 0, 1 << 16);
    while (count > 0) {
      sent += count;
      count = io.send(pair[0], buffer, 0, 1 << 16);
    }

    assertThat(count).isEqualTo(-ErrnoException.EAGAIN);
    assertThat(io.unread(pair[1])).isEqualTo((int) sent);
  }

  @Test
  void tells_the_end_and_a_reader_that_has_gone() {
    io.finishSending(pair[0]);
    assertThat(io.receive(pair[1], buffer, 1)).isZero();
    assertThat(io.send(pair[1], buffer, 0, 1)).isEqualTo(1);
    assertThat(io.send(pair[0], buffer, 0, 1)).isEqualTo(-ErrnoException.EPIPE);
  }

  @Test
  void tells_a_peer_that_has_closed_from_one_that_has_finished() throws Exception {
    int[] other = LIBC.streamPair();
    assertThat(io.isHungUp(other[1])).isFalse();
    io.finishSending(other[0]);
    assertThat(io.isHungUp(other[1])).isFalse();
    LIBC.close(other[0]);
    assertThat(io.isHungUp(other[1])).isTrue();
    LIBC.close(other[1]);
  }

  @Test
  void resets_a_connection_on_request() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open();
        SocketChannel client = SocketChannel.open()) {
      client.connect(server.bind(null).getLocalAddress());
      try (SocketChannel accepted = server.accept()) {
        io.resetOnClose(fd(accepted));
      }
      assertThat(io.receive(fd(client), buffer, 1)).isEqualTo(-ErrnoException.ECONNRESET);
    }
  }

  @Test
  void turns_off_a_close_that_waits_and_leaves_one_that_resets() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open();
        SocketChannel client = SocketChannel.open()) {
      client.connect(server.bind(null).getLocalAddress());
      for (int seconds : new int[] {-1, 0, 5}) {
        client.setOption(StandardSocketOptions.SO_LINGER, seconds);
        io.neverWaitOnClose(fd(client));
        assertThat(client.getOption(StandardSocketOptions.SO_LINGER))
            .isEqualTo(seconds == 0 ? 0 : -1);
      }
    }
  }

  @Test
  void what_tcp_has_not_delivered_counts_until_it_is_acknowledged() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        SocketChannel client =
            SocketChannel.open(new java.net.InetSocketAddress("127.0.0.1", server.getLocalPort()));
        Socket accepted = server.accept()) {
      assertThat(accepted.isConnected()).isTrue();
      while (io.send(fd(client), buffer, 0, 1 << 16) > 0) {}

      assertThat(io.undelivered(fd(client))).isPositive();
      byte[] sink = new byte[1 << 16];
      Await.until(
          "all was delivered",
          () -> {
            while (accepted.getInputStream().available() > 0) {
              accepted.getInputStream().read(sink);
            }
            return io.undelivered(fd(client)) == 0;
          });
    }
  }

  private void send(String text) {
    buffer.bytes.put(0, text.getBytes(StandardCharsets.US_ASCII));
    assertThat(io.send(pair[0], buffer, 0, text.length())).isEqualTo(text.length());
  }

  private String text(int length) {
    return new String(buffer.toArray(length), StandardCharsets.US_ASCII);
  }

  private static int fd(SocketChannel channel) throws Exception {
    return Descriptors.of(channel);
  }
}
