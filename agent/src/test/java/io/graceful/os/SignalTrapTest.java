package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import sun.misc.Signal;

/** Traps stay in this JVM: there is no way back, and none is needed. */
class SignalTrapTest {

  private static final int SIGUSR1 = 10;
  private static final int SIGWINCH = 28;

  @Test
  void every_usr2_from_outside_counts_once() throws Exception {
    int counter = SignalTrap.install(LIBC, Libc.SIGUSR2).counter();

    for (int i = 0; i < 50; i++) {
      LIBC.kill(ProcFs.pid(), Libc.SIGUSR2);
      // Standard signals don't queue up: the next one waits until this one has arrived.
      assertThat(Reactor.awaitReadable(LIBC, counter, 30_000)).isTrue();
      assertThat(LIBC.take(counter)).isEqualTo(1);
    }
    assertThat(LIBC.take(counter)).isZero();
  }

  @Test
  void a_second_trap_takes_the_place_of_the_first() throws Exception {
    SignalTrap replaced = SignalTrap.install(LIBC, SIGWINCH);
    assertThat(replaced.isInPlace(LIBC)).isTrue();
    int first = replaced.counter();
    int second = SignalTrap.install(LIBC, SIGWINCH).counter();
    assertThat(replaced.isInPlace(LIBC)).isFalse();
    LIBC.kill(ProcFs.pid(), SIGWINCH);
    assertThat(Reactor.awaitReadable(LIBC, second, 30_000)).isTrue();

    assertThat(LIBC.take(second)).isEqualTo(1);
    assertThat(LIBC.take(first)).isZero();
  }

  /** What HotSpot does to its own threads with USR2, with a signal that can't hurt it. */
  @Test
  void what_a_thread_of_ours_is_sent_reaches_the_handler_of_before_and_nothing_else()
      throws Exception {
    BlockingQueue<String> handled = new LinkedBlockingQueue<>();
    Signal.handle(new Signal("USR1"), signal -> handled.add(signal.getName()));
    int counter = SignalTrap.install(LIBC, SIGUSR1).counter();

    for (int i = 0; i < 20; i++) {
      LIBC.signalThread(ProcFs.pid(), ProcFs.pid(), SIGUSR1);
      assertThat(handled.poll(30, TimeUnit.SECONDS)).isEqualTo("USR1");
    }
    assertThat(LIBC.take(counter)).isZero();

    LIBC.kill(ProcFs.pid(), SIGUSR1);
    assertThat(Reactor.awaitReadable(LIBC, counter, 30_000)).isTrue();
    assertThat(LIBC.take(counter)).isEqualTo(1);
    LIBC.signalThread(ProcFs.pid(), ProcFs.pid(), SIGUSR1);
    assertThat(handled.poll(30, TimeUnit.SECONDS)).isEqualTo("USR1");
    assertThat(handled).as("kill(2) did not reach it").isEmpty();
  }
}
