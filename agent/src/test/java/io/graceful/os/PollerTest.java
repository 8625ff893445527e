package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** With it, what the relay relies on of the kernel: what epoll says of UNIX stream sockets. */
@ExtendWith(LeavesNoDescriptor.class)
class PollerTest {

  private static final int EDGES = Poller.IN | Poller.PEER_FINISHED | Poller.EDGE;
  private static final long DATA = 0x123456789ABCDEFL;

  private Poller poller;
  private SocketIo io;
  private NativeMemory buffer;
  private int[] pair;

  @BeforeEach
  void open() throws Exception {
    poller = new Poller(LIBC, 2);
    io = new SocketIo(LIBC);
    buffer = new NativeMemory(1 << 20);
    pair = LIBC.streamPair();
  }

  @AfterEach
  void close() {
    closePair(0);
    closePair(1);
    poller.close();
    io.close();
    buffer.close();
  }

  @Test
  void tells_of_a_change_once_and_of_each_further_byte() throws Exception {
    poller.add(pair[1], EDGES, DATA);
    assertThat(poller.await(0)).isZero();

    send(0, 1);
    assertThat(poller.await(1000)).isEqualTo(1);
    assertThat(poller.data(0)).isEqualTo(DATA);
    assertThat(poller.events(0)).isEqualTo(Poller.IN);
    assertThat(poller.await(0)).as("the byte is still there, but no news").isZero();
    send(0, 1);
    assertThat(poller.await(1000)).isEqualTo(1);
  }

  @Test
  void tells_an_end_of_sending_from_a_close() throws Exception {
    poller.add(pair[1], EDGES, DATA);

    io.finishSending(pair[0]);
    assertThat(poller.await(1000)).isEqualTo(1);
    assertThat(poller.events(0)).isEqualTo(Poller.IN | Poller.PEER_FINISHED);
    closePair(0);
    assertThat(poller.await(1000)).isEqualTo(1);
    assertThat(poller.events(0)).isEqualTo(Poller.IN | Poller.PEER_FINISHED | Poller.HANG_UP);
    assertThat(poller.await(0)).isZero();
  }

  @Test
  void tells_of_a_close_with_bytes_unread() throws Exception {
    send(1, 1);
    poller.add(pair[1], EDGES, DATA);
    closePair(0);

    assertThat(poller.await(1000)).isEqualTo(1);
    assertThat(poller.events(0) & Poller.ERROR).isNotZero();
    assertThat(io.send(pair[1], buffer, 0, 1)).isEqualTo(-ErrnoException.EPIPE);
    assertThat(io.receive(pair[1], buffer, 1)).isEqualTo(-ErrnoException.ECONNRESET);
    assertThat(io.receive(pair[1], buffer, 1)).isZero();
  }

  @Test
  void tells_of_room_to_write_when_asked_only() throws Exception {
    poller.add(pair[1], EDGES, DATA);
    while (io.send(pair[1], buffer, 0, 1 << 16) > 0) {}
    receiveAll(0);
    assertThat(poller.await(0)).isZero();

    while (io.send(pair[1], buffer, 0, 1 << 16) > 0) {}
    poller.modify(pair[1], EDGES | Poller.OUT, DATA);
    assertThat(poller.await(0)).isZero();
    receiveAll(0);
    assertThat(poller.await(1000)).isEqualTo(1);
    assertThat(poller.events(0)).isEqualTo(Poller.OUT);
    poller.modify(pair[1], EDGES, DATA);
    assertThat(poller.await(0)).isZero();
  }

  @Test
  void asking_for_room_when_there_is_some_is_answered_at_once() throws Exception {
    poller.add(pair[1], EDGES, DATA);
    poller.modify(pair[1], EDGES | Poller.OUT, DATA);

    assertThat(poller.await(0)).isEqualTo(1);
    assertThat(poller.events(0)).isEqualTo(Poller.OUT);
  }

  @Test
  void leaves_what_is_too_much_for_one_turn_to_the_next() throws Exception {
    int[] counters = {LIBC.eventCounter(), LIBC.eventCounter(), LIBC.eventCounter()};
    for (int counter : counters) {
      poller.add(counter, Poller.IN | Poller.EDGE, counter);
      LIBC.add(counter);
    }

    List<Integer> told = new ArrayList<>();
    for (int count = poller.await(0); count > 0; count = poller.await(0)) {
      assertThat(count).isLessThanOrEqualTo(2);
      for (int i = 0; i < count; i++) {
        told.add((int) poller.data(i));
      }
    }
    assertThat(told).containsExactlyInAnyOrder(counters[0], counters[1], counters[2]);
    for (int counter : counters) {
      poller.remove(counter);
      LIBC.close(counter);
    }
  }

  @Test
  void says_nothing_of_what_was_removed() throws Exception {
    poller.add(pair[1], EDGES, DATA);
    poller.remove(pair[1]);
    send(0, 1);

    assertThat(poller.await(0)).isZero();
    assertThatThrownBy(() -> poller.remove(pair[1]))
        .hasMessage("epoll_ctl: ENOENT (no such file or directory)");
  }

  private void send(int end, int bytes) {
    assertThat(io.send(pair[end], buffer, 0, bytes)).isEqualTo(bytes);
  }

  private void receiveAll(int end) {
    while (io.receive(pair[end], buffer, 1 << 20) > 0) {}
  }

  private void closePair(int end) {
    if (pair[end] >= 0) {
      LIBC.close(pair[end]);
      pair[end] = -1;
    }
  }
}
