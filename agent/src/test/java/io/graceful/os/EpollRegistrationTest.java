package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeavesNoDescriptor.class)
class EpollRegistrationTest {

  @ParameterizedTest
  @CsvSource({
    "'tfd: 7 events: 19 data: 7 pos:0 ino:1f2 sdev:9', 7, true",
    "'tfd:        7 events:       19 data:                7  pos:0 ino:1f2 sdev:9', 7, true",
    "'tfd:     1024 events: 80002019 data: ffffffffffffffff  pos:0 ino:1 sdev:9', 1024, true",
    "'tfd:       12 events: 40000000 data:     deadbeef0000  pos:0 ino:1 sdev:9', 12, false",
    "'tfd:       12 events:       1c data:                c', 12, false",
    "'tfd:       12 events:        1 data:                c', 12, true",
  })
  void reads_a_line_of_fdinfo(String line, int fd, boolean waitsForInput) {
    EpollRegistration entry = EpollRegistration.parse(5, line);

    assertThat(entry.fd()).isEqualTo(fd);
    assertThat(entry.waitsForInput()).isEqualTo(waitsForInput);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tfd:",
        "tfd: 7 events: 19",
        "tfd: x events: 19 data: 7",
        "tfd: 7 events: zz data: 7",
        "tfd: 7 events: 19 data: fffffffffffffffff",
      })
  void refuses_what_is_no_such_line(String line) {
    assertThatThrownBy(() -> EpollRegistration.parse(5, line))
        .isInstanceOfAny(IndexOutOfBoundsException.class, NumberFormatException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 7, -1, 0x7766554433221100L, 0x8000000000000001L})
  void what_was_removed_and_restored_fires_with_the_same_data(long data) throws Exception {
    int counter = LIBC.eventCounter();
    try (Epoll epoll = new Epoll(LIBC)) {
      epoll.add(counter, Epoll.IN, data);
      LIBC.add(counter);
      assertThat(epoll.ready()).containsExactly(data);

      EpollRegistration entry = EpollRegistration.of(counter).get(0);
      entry.remove(LIBC);
      assertThat(epoll.ready()).isEmpty();
      assertThat(EpollRegistration.of(counter)).isEmpty();

      entry.restore(LIBC);
      assertThat(epoll.ready()).containsExactly(data);
    } finally {
      LIBC.close(counter);
    }
  }

  @Test
  void restored_flags_are_those_of_before() throws Exception {
    int counter = LIBC.eventCounter();
    try (Epoll epoll = new Epoll(LIBC)) {
      epoll.add(counter, Epoll.IN | Epoll.EDGE, 1);
      EpollRegistration entry = EpollRegistration.of(counter).get(0);
      entry.remove(LIBC);
      entry.restore(LIBC);
      LIBC.add(counter);

      assertThat(epoll.ready()).containsExactly(1L);
      assertThat(epoll.ready()).as("edge-triggered: told once").isEmpty();
    } finally {
      LIBC.close(counter);
    }
  }

  @Test
  void a_one_shot_entry_that_has_fired_waits_for_nothing() throws Exception {
    int counter = LIBC.eventCounter();
    try (Epoll epoll = new Epoll(LIBC)) {
      epoll.add(counter, Epoll.IN | Epoll.ONE_SHOT, 1);
      assertThat(EpollRegistration.of(counter).get(0).waitsForInput()).isTrue();
      LIBC.add(counter);
      assertThat(epoll.ready()).containsExactly(1L);

      assertThat(EpollRegistration.of(counter).get(0).waitsForInput()).isFalse();
    } finally {
      LIBC.close(counter);
    }
  }

  @Test
  void finds_the_entries_in_every_epoll_instance() throws Exception {
    int counter = LIBC.eventCounter();
    int other = LIBC.eventCounter();
    try (Epoll first = new Epoll(LIBC);
        Epoll second = new Epoll(LIBC)) {
      first.add(counter, Epoll.IN, 1);
      second.add(counter, Epoll.IN, 2);
      second.add(other, Epoll.IN, 3);

      assertThat(EpollRegistration.of(counter)).hasSize(2);
      assertThat(EpollRegistration.of(other)).hasSize(1);
      assertThat(EpollRegistration.in(EpollRegistration.instances(), fd -> true))
          .extracting(EpollRegistration::fd)
          .contains(counter, counter, other);
      assertThat(EpollRegistration.in(EpollRegistration.instances(), fd -> fd == counter))
          .extracting(EpollRegistration::fd)
          .containsExactly(counter, counter);
    } finally {
      LIBC.close(counter);
      LIBC.close(other);
    }
  }

  @Test
  void finds_the_same_instances_with_a_system_call_for_each_descriptor() throws Exception {
    int counter = LIBC.eventCounter();
    try (Epoll first = new Epoll(LIBC);
        ServerSocket socket = new ServerSocket();
        SocketScan sockets = new SocketScan(LIBC)) {
      assertThat(socket.isClosed()).isFalse();
      first.add(counter, Epoll.IN, 1);
      assertThat(EpollRegistration.instances(sockets))
          .isNotEmpty()
          .containsExactlyElementsOf(EpollRegistration.instances());
    } finally {
      LIBC.close(counter);
    }
  }
}
