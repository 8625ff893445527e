package io.graceful.process;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.Libc;
import io.graceful.os.Reactor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeavesNoDescriptor.class)
class ChildProcessTest {

  @Test
  void its_handle_is_readable_when_it_has_ended() throws Exception {
    ChildProcess child = Children.shell(LIBC, 2, "exit 7");

    assertThat(Reactor.awaitReadable(LIBC, child.handle(), 30_000)).isTrue();
    assertThat(child.end()).isEqualTo("exited with 7");
    assertThat(child.end()).as("a second time").isEqualTo("exited with 7");
  }

  @Test
  void has_no_end_while_it_runs_and_ends_by_a_signal() throws Exception {
    ChildProcess child = Children.idle(LIBC);
    assertThat(child.end()).isNull();

    child.signal(Libc.SIGTERM);

    assertThat(Children.end(child)).isEqualTo("was killed by signal 15");
    child.signal(Libc.SIGKILL);
  }

  @Test
  void has_ended_too_if_the_app_has_reaped_it() throws Exception {
    ChildProcess child = Children.shell(LIBC, 2, "exit 7");
    io.graceful.os.Await.until("end", () -> LIBC.reap(child.pid()) != null);

    assertThat(child.end()).isEqualTo("ended");
  }
}
