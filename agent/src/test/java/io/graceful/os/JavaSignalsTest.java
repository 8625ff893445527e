package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sun.misc.Signal;
import sun.misc.SignalHandler;

class JavaSignalsTest {

  private static final Signal URG = new Signal("URG");
  private static final int SIGURG = 23;

  private final BlockingQueue<String> handled = new LinkedBlockingQueue<>();

  @AfterEach
  void restore() {
    Signal.handle(URG, SignalHandler.SIG_DFL);
  }

  @Test
  void takes_the_place_of_the_handler_and_can_call_it() throws Exception {
    Signal.handle(URG, signal -> handled.add("before"));
    BlockingQueue<JavaSignals.Previous> previous = new LinkedBlockingQueue<>();
    assertThat(JavaSignals.handle("URG", previous::add)).isTrue();

    LIBC.kill(ProcFs.pid(), SIGURG);
    JavaSignals.Previous before = previous.poll(30, TimeUnit.SECONDS);
    assertThat(handled).isEmpty();

    before.handle();
    assertThat(handled).containsExactly("before");
  }

  @Test
  void a_signal_that_the_process_ignores_stays_ignored() {
    Signal.handle(URG, SignalHandler.SIG_IGN);

    assertThat(JavaSignals.handle("URG", before -> handled.add("ours"))).isFalse();
    assertThat(Signal.handle(URG, SignalHandler.SIG_DFL)).isSameAs(SignalHandler.SIG_IGN);
  }

  @Test
  void a_signal_that_the_jvm_keeps_is_refused() {
    assertThatThrownBy(() -> JavaSignals.handle("SEGV", before -> {}))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("SIGSEGV");
  }
}
