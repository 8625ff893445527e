package io.graceful.supervisor;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.Libc;
import io.graceful.os.ReactorThread;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A child of Java's stands for a process that is nobody's here. */
class ServerTest {

  private static final int NO_HANDLE = -1;

  @RegisterExtension static final ReactorThread REACTOR = new ReactorThread();

  private final CountDownLatch told = new CountDownLatch(1);
  private Process process;

  @BeforeEach
  void start() throws Exception {
    process = new ProcessBuilder("sleep", "60").start();
  }

  @AfterEach
  void end() throws Exception {
    process.destroyForcibly().waitFor();
  }

  @ParameterizedTest(name = "with a pidfd: {0}")
  @ValueSource(booleans = {true, false})
  void tells_when_it_has_ended(boolean withHandle) throws Exception {
    Server server = server(withHandle);
    assertThat(server.isRunning()).isTrue();
    REACTOR.call(
        () -> {
          server.watch(REACTOR.reactor, told::countDown);
          return null;
        });
    assertThat(told.getCount()).isOne();

    server.signal(Libc.SIGTERM);

    assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(server.isRunning()).isFalse();
    forget(server);
    assertThat(process.waitFor()).isEqualTo(143);
  }

  @ParameterizedTest(name = "with a pidfd: {0}")
  @ValueSource(booleans = {true, false})
  void what_has_ended_already_is_told_of_too(boolean withHandle) throws Exception {
    process.destroyForcibly().waitFor();
    Server server = server(withHandle);
    assertThat(server.isRunning()).isFalse();
    server.signal(Libc.SIGTERM);

    REACTOR.call(
        () -> {
          server.watch(REACTOR.reactor, told::countDown);
          return null;
        });

    assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
    forget(server);
  }

  private Server server(boolean withHandle) {
    int pid = Math.toIntExact(process.pid());
    return withHandle ? Server.of(LIBC, pid) : new Server(LIBC, pid, NO_HANDLE);
  }

  private static void forget(Server server) throws Exception {
    REACTOR.call(
        () -> {
          server.forget(REACTOR.reactor);
          return null;
        });
  }
}
