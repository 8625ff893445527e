package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeavesNoDescriptor.class)
class LibcTest {

  @Test
  void our_descriptors_keep_away_from_the_low_numbers() throws Exception {
    int counter = LIBC.eventCounter();
    int copy = LIBC.duplicate(0);

    assertThat(counter).isGreaterThanOrEqualTo(64);
    assertThat(copy).isGreaterThanOrEqualTo(64);
    LIBC.close(counter);
    LIBC.close(copy);
  }

  @Test
  void a_replaced_descriptor_keeps_its_number_and_its_close_on_exec() throws Exception {
    int first = LIBC.eventCounter();
    int second = LIBC.eventCounter();
    LIBC.add(second);

    LIBC.replace(first, second);

    assertThat(LIBC.take(first)).isEqualTo(1);
    assertThat(LIBC.calls.check("fcntl", first, 1 /* F_GETFD */, 0)).isEqualTo(1);
    LIBC.calls.check("fcntl", first, 2 /* F_SETFD */, 0);
    LIBC.replace(first, second);
    assertThat(LIBC.calls.check("fcntl", first, 1 /* F_GETFD */, 0)).isZero();
    LIBC.close(first);
    LIBC.close(second);
  }

  @Test
  void non_blocking_is_only_ever_switched_on() throws Exception {
    int[] pair = LIBC.packetPair();
    assertThat(LIBC.isNonBlocking(pair[0])).isFalse();
    LIBC.setNonBlocking(pair[0]);
    LIBC.setNonBlocking(pair[0]);

    assertThat(LIBC.isNonBlocking(pair[0])).isTrue();
    assertThat(LIBC.isNonBlocking(pair[1])).isFalse();
    LIBC.close(pair[0]);
    LIBC.close(pair[1]);
  }

  @Test
  void a_silent_listener_listens_where_nobody_looks() throws Exception {
    int silent = LIBC.silentListener();

    assertThat(LIBC.isListening(silent)).isTrue();
    assertThat(LIBC.socketDomain(silent)).isEqualTo(Libc.AF_UNIX);
    assertThat(LIBC.socketType(silent)).isEqualTo(Libc.SOCK_STREAM);
    assertThat(LIBC.localAddress(silent)[2]).as("abstract, unix(7)").isZero();
    LIBC.close(silent);
  }

  @Test
  void knows_who_made_the_other_end() throws Exception {
    int[] pair = LIBC.packetPair();

    assertThat(LIBC.peerCredentials(pair[0])).containsExactly(ProcFs.pid(), LIBC.effectiveUser());
    LIBC.close(pair[0]);
    LIBC.close(pair[1]);
  }

  @Test
  void a_counter_counts_until_it_is_taken() throws Exception {
    int counter = LIBC.eventCounter();
    assertThat(LIBC.take(counter)).isZero();
    LIBC.add(counter);
    LIBC.add(counter);
    LIBC.add(counter);

    assertThat(LIBC.take(counter)).isEqualTo(3);
    assertThat(LIBC.take(counter)).isZero();
    LIBC.close(counter);
  }

  @Test
  void names_the_call_and_the_error() {
    assertThatThrownBy(() -> LIBC.duplicate(1_000_000))
        .isInstanceOf(ErrnoException.class)
        .hasMessage("fcntl: EBADF (bad file descriptor)")
        .satisfies(
            failure ->
                assertThat(((ErrnoException) failure).errno()).isEqualTo(ErrnoException.EBADF));
  }

  @Test
  void a_process_that_is_not_our_child_cannot_be_reaped() {
    assertThatThrownBy(() -> LIBC.reap(ProcFs.pid()))
        .isInstanceOf(ErrnoException.class)
        .hasMessage("waitpid: ECHILD (no child process)");
  }

  @Test
  void a_thread_that_is_gone_is_no_error() throws Exception {
    LIBC.signalThread(ProcFs.pid(), 100_000_000, Libc.SIGTERM);

    assertThat(LIBC.calls.errno()).isEqualTo(ErrnoException.ESRCH);
  }
}
