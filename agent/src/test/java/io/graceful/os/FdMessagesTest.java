package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeavesNoDescriptor.class)
class FdMessagesTest {

  private final FdMessages messages = new FdMessages(LIBC);
  private int[] pair;

  @BeforeEach
  void connect() throws Exception {
    pair = LIBC.packetPair();
  }

  @AfterEach
  void disconnect() {
    LIBC.close(pair[0]);
    LIBC.close(pair[1]);
  }

  @Test
  void there_is_nothing_before_something_was_sent() throws Exception {
    assertThat(messages.receive(pair[1])).isNull();
  }

  @Test
  void packets_arrive_whole_and_in_order() throws Exception {
    messages.send(pair[0], new byte[] {1, 2, 3}, -1);
    messages.send(pair[0], new byte[FdMessages.MAX_BYTES], -1);

    FdMessages.Packet first = messages.receive(pair[1]);
    assertThat(first.bytes).containsExactly(1, 2, 3);
    assertThat(first.fd).isEqualTo(-1);
    assertThat(messages.receive(pair[1]).bytes).hasSize(FdMessages.MAX_BYTES);
    assertThat(messages.receive(pair[1])).isNull();
  }

  @Test
  void a_descriptor_goes_along_and_is_not_inherited_by_children() throws Exception {
    int counter = LIBC.eventCounter();
    messages.send(pair[0], new byte[] {1}, counter);
    LIBC.add(counter);
    LIBC.close(counter);

    int received = messages.receive(pair[1]).fd;
    assertThat(LIBC.take(received)).as("the same eventfd").isEqualTo(1);
    assertThat(ProcFs.descriptorInfo(received))
        .filteredOn(line -> line.startsWith("flags:"))
        .singleElement()
        .satisfies(flags -> assertThat(octal(flags) & 02000000 /* O_CLOEXEC */).isNotZero());
    LIBC.close(received);
  }

  @Test
  void a_packet_that_is_too_long_is_refused_and_its_descriptor_closed() throws Exception {
    messages.send(pair[0], new byte[FdMessages.MAX_BYTES + 1], pair[0]);

    assertThatThrownBy(() -> messages.receive(pair[1]))
        .isInstanceOf(IOException.class)
        .hasMessage("packet of more than 65536 bytes");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 253 /* SCM_MAX_FD */})
  void of_more_descriptors_than_one_none_is_taken_or_left(int count) throws Exception {
    int[] many = new int[count];
    Arrays.fill(many, pair[0]);
    RawSockets.send(pair[0], new byte[] {1}, many);

    FdMessages.Packet packet = messages.receive(pair[1]);
    assertThat(packet.bytes).containsExactly(1);
    assertThat(packet.fd).isEqualTo(-1);
  }

  @Test
  void at_the_limit_of_open_files_a_packet_comes_without_its_descriptor() throws Exception {
    messages.send(pair[0], new byte[] {1}, pair[0]);

    FdMessages.Packet packet;
    try (FewDescriptors none = new FewDescriptors(0)) {
      packet = messages.receive(pair[1]);
    }
    assertThat(packet.bytes).containsExactly(1);
    assertThat(packet.fd).isEqualTo(-1);
  }

  @Test
  void the_end_is_a_packet_of_no_bytes() throws Exception {
    LIBC.close(pair[0]);

    assertThat(messages.receive(pair[1]).bytes).isEmpty();
    pair[0] = LIBC.eventCounter();
  }

  @Test
  void sending_to_nobody_is_an_error_and_no_signal() throws Exception {
    LIBC.close(pair[1]);

    assertThatThrownBy(() -> messages.send(pair[0], new byte[] {1}, -1))
        .isInstanceOf(ErrnoException.class)
        .hasMessage("sendmsg: EPIPE (the other process is gone)");
    pair[1] = LIBC.eventCounter();
  }

  private static int octal(String flags) {
    return Integer.parseInt(flags.substring("flags:".length()).trim(), 8);
  }
}
