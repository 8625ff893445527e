package io.graceful.sockets;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.LeavesNoDescriptor;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeavesNoDescriptor.class)
class WaitingThreadsTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 60_000})
  void sees_a_thread_that_waits_for_a_connection(int timeoutMillis) throws Exception {
    try (Acceptor app = new Acceptor(timeoutMillis)) {
      WaitingThreads waiting = WaitingThreads.scan(LIBC.arch());

      assertThat(waiting.anyOn(app.fd)).isTrue();
      assertThat(waiting.anyOn(1_000_000)).isFalse();
    }
  }

  @Test
  void no_longer_sees_it_when_it_has_its_connection() throws Exception {
    try (Acceptor app = new Acceptor(0);
        Socket client = app.connect()) {
      assertThat(app.accepted()).isEqualTo(client.getLocalPort());

      assertThat(WaitingThreads.scan(LIBC.arch()).anyOn(app.fd)).isFalse();
    }
  }

  @Test
  void a_thread_that_is_woken_for_nothing_goes_on_waiting() throws Exception {
    try (Acceptor app = new Acceptor(0)) {
      WaitingThreads.scan(LIBC.arch()).interruptOn(LIBC, List.of(app.fd));
      app.awaitPolling();

      assertThat(app.hasAccepted()).isFalse();
      try (Socket client = app.connect()) {
        assertThat(app.accepted()).isEqualTo(client.getLocalPort());
      }
    }
  }

  @Test
  void a_thread_that_waits_on_something_else_is_not_woken() throws Exception {
    try (Acceptor app = new Acceptor(0);
        Acceptor other = new Acceptor(0)) {
      WaitingThreads.scan(LIBC.arch()).interruptOn(LIBC, List.of(other.fd));
      other.awaitPolling();

      assertThat(app.isInAccept()).isTrue();
    }
  }
}
