package io.graceful.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same client over a UNIX domain socket. */
@Timeout(30)
class UnixLoadTest {
  private static final ByteBuffer GREETING =
      StandardCharsets.US_ASCII
          .encode(MisbehavingServer.ok(MisbehavingServer.GREETING))
          .asReadOnlyBuffer();

  @TempDir Path directory;

  @Test
  void good_answers_succeed() throws Exception {
    TrafficReport report = run(channel -> channel.write(GREETING.duplicate()));
    assertThat(report.failed()).as("%s", report.examples()).isZero();
    assertThat(report.succeeded()).isPositive();
  }

  @Test
  void early_close_counts_as_eof_before_response() throws Exception {
    TrafficReport report = run(channel -> {});
    assertThat(report.failures()).containsOnlyKeys(Failure.EOF_BEFORE_RESPONSE);
  }

  @Test
  void short_answer_counts_as_truncated() throws Exception {
    TrafficReport report = run(channel -> channel.write(GREETING.duplicate().limit(50)));
    assertThat(report.failures()).containsOnlyKeys(Failure.TRUNCATED);
  }

  @Test
  void silence_counts_as_read_timeout() throws Exception {
    TrafficReport report = run(channel -> channel.read(ByteBuffer.allocate(1)), 200);
    assertThat(report.failures()).containsOnlyKeys(Failure.READ_TIMEOUT);
  }

  @Test
  void full_accept_queue_counts_as_connect_timeout() throws Exception {
    Path path = directory.resolve("full.sock");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path), 1);
      Load load = Load.against(Endpoint.unix(path)).limits(200, 200).slow(4, 1).start();
      while (load.snapshot().of(Traffic.SLOW).failed(Failure.CONNECT_TIMEOUT) == 0) {
        Thread.sleep(5);
      }
      assertThat(load.stop().of(Traffic.SLOW).failures())
          .containsOnlyKeys(Failure.CONNECT_TIMEOUT, Failure.READ_TIMEOUT);
    }
  }

  private TrafficReport run(Behaviour behaviour) throws Exception {
    return run(behaviour, 5_000);
  }

  private TrafficReport run(Behaviour behaviour, int millis) throws Exception {
    Path path = directory.resolve("test.sock");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path));
      Thread acceptor = new Thread(() -> accept(listener, behaviour), "unix-server");
      acceptor.setDaemon(true);
      acceptor.start();
      Load load = Load.against(Endpoint.unix(path)).limits(millis, millis).slow(1, 1).start();
      while (load.snapshot().succeeded() + load.snapshot().failed() == 0) {
        Thread.sleep(5);
      }
      return load.stop().of(Traffic.SLOW);
    }
  }

  private static void accept(ServerSocketChannel listener, Behaviour behaviour) {
    while (true) {
      try (SocketChannel channel = listener.accept()) {
        channel.read(ByteBuffer.allocate(4096));
        behaviour.serve(channel);
      } catch (IOException e) {
        return; // closed: the test is over
      }
    }
  }

  private interface Behaviour {
    void serve(SocketChannel channel) throws IOException;
  }
}
