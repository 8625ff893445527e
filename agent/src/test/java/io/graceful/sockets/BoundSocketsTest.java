package io.graceful.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ProcFs;
import java.nio.channels.ServerSocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeavesNoDescriptor.class)
class BoundSocketsTest {

  private final BoundSockets bound = new BoundSockets();

  @Test
  void knows_what_was_recorded_and_how() throws Exception {
    try (ServerSocketChannel fixed = ServerSocketChannel.open();
        ServerSocketChannel any = ServerSocketChannel.open();
        ServerSocketChannel unknown = ServerSocketChannel.open()) {
      bound.record(Descriptors.of(fixed), false);
      bound.record(Descriptors.of(any), true);

      assertThat(isHooked(fixed)).isTrue();
      assertThat(isEphemeral(fixed)).isFalse();
      assertThat(isHooked(any)).isTrue();
      assertThat(isEphemeral(any)).isTrue();
      assertThat(isHooked(unknown)).isFalse();
      assertThat(isEphemeral(unknown)).isFalse();
    }
  }

  @Test
  void forgets_a_socket_whose_number_was_reused() throws Exception {
    int number;
    try (ServerSocketChannel gone = ServerSocketChannel.open()) {
      number = Descriptors.of(gone);
      bound.record(number, true);
    }
    try (ServerSocketChannel other = ServerSocketChannel.open()) {
      assertThat(Descriptors.of(other)).isEqualTo(number);
      assertThat(isHooked(other)).isFalse();
      assertThat(isEphemeral(other)).isFalse();

      bound.record(number, false);
      assertThat(isHooked(other)).isTrue();
      assertThat(isEphemeral(other)).isFalse();
    }
  }

  private boolean isHooked(ServerSocketChannel channel) throws Exception {
    int fd = Descriptors.of(channel);
    return bound.isHooked(fd, ProcFs.socketInode(fd));
  }

  private boolean isEphemeral(ServerSocketChannel channel) throws Exception {
    int fd = Descriptors.of(channel);
    return bound.isEphemeral(fd, ProcFs.socketInode(fd));
  }
}
