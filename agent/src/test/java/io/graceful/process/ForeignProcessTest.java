package io.graceful.process;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.os.Reactor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A child stands for a process of somebody else's: it is not reaped before the test's end. */
@ExtendWith(LeavesNoDescriptor.class)
class ForeignProcessTest {

  private ChildProcess child;

  @BeforeEach
  void start() throws Exception {
    child = Children.idle(LIBC);
  }

  @AfterEach
  void reap() throws Exception {
    child.signal(Libc.SIGKILL);
    Children.end(child);
  }

  @Test
  void its_handle_is_readable_when_it_has_ended_however_that_was() throws Exception {
    ForeignProcess process = ForeignProcess.of(LIBC, child.pid());
    assertThat(process.pid()).isEqualTo(child.pid());
    assertThat(process.end()).isNull();

    process.signal(Libc.SIGTERM);

    assertThat(Reactor.awaitReadable(LIBC, process.handle(), 30_000)).isTrue();
    assertThat(process.end()).isEqualTo("ended");
    assertThat(process.end()).as("a second time").isEqualTo("ended");
    process.signal(Libc.SIGTERM);
    assertThat(Children.end(child)).as("its own way").isEqualTo("was killed by signal 15");
  }

  @Test
  void without_a_handle_it_is_looked_for() throws Exception {
    ForeignProcess process =
        new ForeignProcess(LIBC, child.pid(), -1, ProcFs.startTimeOf(child.pid()));
    assertThat(process.handle()).isEqualTo(-1);
    assertThat(process.end()).isNull();

    process.signal(Libc.SIGTERM);

    io.graceful.os.Await.until("its end", () -> process.end() != null);
    assertThat(process.end()).isEqualTo("ended");
    process.signal(Libc.SIGTERM);
  }

  @Test
  void without_a_handle_another_process_of_that_pid_is_left_alone() throws Exception {
    ForeignProcess process =
        new ForeignProcess(LIBC, child.pid(), -1, ProcFs.startTimeOf(child.pid()) - 1);

    process.signal(Libc.SIGKILL);

    assertThat(process.end()).isEqualTo("ended");
    assertThat(child.end()).isNull();
  }

  @Test
  void one_that_is_gone_has_ended() throws Exception {
    int pid = child.pid();
    reap();

    ForeignProcess process = ForeignProcess.of(LIBC, pid);

    assertThat(process.end()).isEqualTo("ended");
    process.signal(Libc.SIGKILL);
  }

  @Test
  void nobody_looks_at_one_that_was_forgotten() throws Exception {
    ForeignProcess process = ForeignProcess.of(LIBC, child.pid());

    process.forget();
    process.signal(Libc.SIGKILL);

    assertThat(process.end()).isEqualTo("ended");
    assertThat(child.end()).isNull();
  }
}
