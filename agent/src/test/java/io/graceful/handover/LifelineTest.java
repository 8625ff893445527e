package io.graceful.handover;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.handover.Frame.Type;
import io.graceful.os.FdMessages;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ProcFs;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeavesNoDescriptor.class)
class LifelineTest {

  private final FdMessages raw = new FdMessages(LIBC);
  private Lifeline predecessor;
  private Lifeline successor;

  @BeforeEach
  void connect() throws Exception {
    Lifeline[] ends = Lifeline.pair(LIBC);
    predecessor = ends[0];
    successor = ends[1];
  }

  @AfterEach
  void disconnect() {
    predecessor.close();
    successor.close();
  }

  @Test
  void frames_go_both_ways_in_order() throws Exception {
    assertThat(predecessor.receive()).isNull();
    successor.send(new Frame(Type.HELLO, 1, "first"));
    successor.send(new Frame(Type.READY, 2, "second"));
    predecessor.send(new Frame(Type.ABORT, 3, "third"));

    assertThat(predecessor.receive().frame).hasToString("HELLO(1, first)");
    assertThat(predecessor.receive().frame).hasToString("READY(2, second)");
    assertThat(predecessor.receive()).isNull();
    assertThat(successor.await(30_000).frame).hasToString("ABORT(3, third)");
  }

  @Test
  void a_descriptor_goes_along() throws Exception {
    int counter = LIBC.eventCounter();
    predecessor.send(new Frame(Type.LISTENER, 0, "key"), counter);
    LIBC.close(counter);

    int received = successor.receive().fd;
    LIBC.add(received);
    assertThat(LIBC.take(received)).isEqualTo(1);
    LIBC.close(received);
    successor.send(new Frame(Type.READY, 0, ""));
    assertThat(predecessor.receive().fd).as("without one").isEqualTo(-1);
  }

  @Test
  void the_death_of_the_other_one_is_an_end_of_file_behind_its_last_words() throws Exception {
    successor.send(new Frame(Type.READY, 0, ""));
    successor.close();

    assertThat(predecessor.receive().frame.type()).isEqualTo(Type.READY);
    assertThatThrownBy(predecessor::receive).isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> predecessor.await(30_000)).isInstanceOf(EOFException.class);
    reopenSuccessor();
  }

  /** Unread words of ours make the kernel say ECONNRESET first. */
  @Test
  void the_death_of_one_that_did_not_listen_is_an_end_of_file_too() throws Exception {
    predecessor.send(new Frame(Type.ABORT, 0, ""));
    successor.close();

    assertThatThrownBy(predecessor::receive).isInstanceOf(EOFException.class);
    reopenSuccessor();
  }

  @Test
  void sending_to_a_dead_one_is_an_end_of_file_too() throws Exception {
    successor.close();

    assertThatThrownBy(() -> predecessor.send(new Frame(Type.ABORT, 0, "")))
        .isInstanceOf(EOFException.class)
        .hasMessage("sendmsg: EPIPE (the other process is gone)");
    reopenSuccessor();
  }

  @Test
  void silence_is_an_error_in_the_end() {
    assertThatThrownBy(() -> predecessor.await(5))
        .isInstanceOf(IOException.class)
        .hasMessage("no answer for 5 ms");
  }

  @Test
  void a_packet_that_is_too_long_is_an_error_and_its_descriptor_closed() throws Exception {
    raw.send(successor.fd(), new byte[FdMessages.MAX_BYTES + 1], successor.fd());

    assertThatThrownBy(predecessor::receive)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than");
  }

  @Test
  void a_packet_that_is_no_frame_is_an_error_and_its_descriptor_closed() throws Exception {
    raw.send(successor.fd(), new byte[] {99, 0, 0}, successor.fd());

    assertThatThrownBy(predecessor::receive)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("version 99");
  }

  @Test
  void a_packet_of_nothing_is_the_end_and_its_descriptor_closed() throws Exception {
    raw.send(successor.fd(), new byte[0], successor.fd());

    assertThatThrownBy(predecessor::receive).isInstanceOf(EOFException.class);
  }

  @Test
  void no_packet_leaves_a_descriptor_behind() throws Exception {
    long seed = Long.getLong("graceful.fuzz.seed", new Random().nextLong());
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      byte[] packet = new Frame(Type.LISTENER, i, "tcp6 *:8080").encode();
      packet[random.nextInt(packet.length)] = (byte) random.nextInt();
      raw.send(successor.fd(), packet, successor.fd());
      try {
        LIBC.close(predecessor.receive().fd);
      } catch (IOException malformed) {
        // Closed by the receiver: the extension of this class counts.
      } catch (Throwable failure) {
        throw new AssertionError("seed " + seed + ", case " + i, failure);
      }
    }
  }

  @Test
  void both_ends_have_high_numbers_and_are_not_inherited_by_children() throws Exception {
    for (Lifeline end : List.of(predecessor, successor)) {
      assertThat(end.fd()).isGreaterThanOrEqualTo(64);
      assertThat(ProcFs.descriptorInfo(end.fd()))
          .filteredOn(line -> line.startsWith("flags:"))
          .singleElement()
          .asString()
          .matches("flags:\\s*02\\d*");
    }
  }

  @Test
  void the_successor_knows_its_end_by_name_and_maker() throws Exception {
    assertThat(ProcFs.unixSocketName(successor.fd())).startsWith("@graceful-lifeline-");
    assertThat(ProcFs.unixSocketName(predecessor.fd())).isEmpty();
    assertThat(successor.makerPid()).isEqualTo(ProcFs.pid());
  }

  /** So that there is something to close at the end. */
  private void reopenSuccessor() throws IOException {
    Lifeline[] ends = Lifeline.pair(LIBC);
    ends[0].close();
    successor = ends[1];
  }
}
