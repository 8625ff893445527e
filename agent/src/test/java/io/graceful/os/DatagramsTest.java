package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeavesNoDescriptor.class)
class DatagramsTest {

  private static final String NAME = "graceful-datagrams-test-" + ProcessHandle.current().pid();

  @Test
  void tells_who_has_sent_what() throws Exception {
    int listener = LIBC.silentListener();
    try (Datagrams receiver = new Datagrams(LIBC, NAME)) {
      assertThat(receiver.receive()).isNull();
      send("READY=1", -1);
      send("FDSTORE=1", listener);

      Datagrams.Datagram first = receiver.receive();
      assertThat(text(first)).isEqualTo("READY=1");
      assertThat(first.pid).isEqualTo(ProcFs.pid());
      assertThat(first.user).isEqualTo(LIBC.effectiveUser());
      assertThat(first.fds).isEmpty();
      Datagrams.Datagram second = receiver.receive();
      assertThat(text(second)).isEqualTo("FDSTORE=1");
      assertThat(second.fds).hasSize(1);
      assertThat(ProcFs.socketInode(second.fds.get(0))).isEqualTo(ProcFs.socketInode(listener));
      assertThat(receiver.receive()).isNull();
      second.fds.forEach(LIBC::close);
    } finally {
      LIBC.close(listener);
    }
  }

  private static void send(String text, int fd) throws Exception {
    int socket = LIBC.calls.check("socket", Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
    byte[] name = ("\0" + NAME).getBytes(StandardCharsets.US_ASCII);
    try (NativeMemory address = new NativeMemory(2 + name.length)) {
      address.bytes.putShort((short) Libc.AF_UNIX).put(name);
      LIBC.calls.check("connect", socket, address.address, 2 + name.length);
      new FdMessages(LIBC).send(socket, text.getBytes(StandardCharsets.US_ASCII), fd);
    } finally {
      LIBC.close(socket);
    }
  }

  private static String text(Datagrams.Datagram datagram) {
    return new String(datagram.bytes, StandardCharsets.US_ASCII);
  }
}
