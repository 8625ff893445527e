package io.graceful.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client that can't fail is worthless: every kind of failure is provoked, and must be counted as
 * what it is.
 */
@Timeout(30)
class LoadFailuresTest {
  @Test
  void nobody_listening_counts_as_refused() throws Exception {
    int port;
    try (ServerSocket closedSoon = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closedSoon.getLocalPort();
    }
    assertOnly(
        Failure.REFUSED, failuresOf(Load.against("127.0.0.1", port).connectionPerRequest(50)));
  }

  @Test
  void missing_unix_socket_counts_as_refused(@TempDir Path directory) throws Exception {
    Endpoint missing = Endpoint.unix(directory.resolve("missing"));
    assertOnly(Failure.REFUSED, failuresOf(Load.against(missing).connectionPerRequest(50)));
  }

  @Test
  void full_accept_queue_counts_as_connect_timeout() throws Exception {
    try (MisbehavingServer server = MisbehavingServer.neverAccepting()) {
      List<Socket> queued = fillQueue(server.port());
      assertOnly(
          Failure.CONNECT_TIMEOUT, failuresOf(server.impatientLoad().connectionPerRequest(50)));
      for (Socket socket : queued) {
        socket.close();
      }
    }
  }

  @Test
  void silence_counts_as_read_timeout() throws Exception {
    try (MisbehavingServer server =
        MisbehavingServer.answering(connection -> Thread.sleep(20_000))) {
      assertOnly(Failure.READ_TIMEOUT, failuresOf(server.impatientLoad().slow(1, 1)));
    }
  }

  @Test
  void silence_in_the_middle_counts_as_read_timeout() throws Exception {
    try (MisbehavingServer server =
        MisbehavingServer.answering(
            connection -> {
              connection.send("HTTP/1.1 200 OK\r\n");
              Thread.sleep(20_000);
            })) {
      assertOnly(Failure.READ_TIMEOUT, failuresOf(server.impatientLoad().slow(1, 1)));
    }
  }

  @Test
  void rst_counts_as_reset() throws Exception {
    try (MisbehavingServer server =
        MisbehavingServer.answering(MisbehavingServer.ServedConnection::reset)) {
      assertOnly(Failure.RESET, failuresOf(server.load().connectionPerRequest(50)));
    }
  }

  @Test
  void rst_in_the_middle_of_an_upload_counts_as_reset() throws Exception {
    try (MisbehavingServer server =
        MisbehavingServer.answering(MisbehavingServer.ServedConnection::reset)) {
      assertOnly(Failure.RESET, failuresOf(server.load().uploads(1, 100_000, 200)));
    }
  }

  @Test
  void silent_close_counts_as_eof_before_response() throws Exception {
    try (MisbehavingServer server = MisbehavingServer.answering(connection -> {})) {
      assertOnly(Failure.EOF_BEFORE_RESPONSE, failuresOf(server.load().connectionPerRequest(50)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "H",
        "HTTP/1.1 200 OK\r\nContent-Len",
        "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\npid=17 gen",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\npid=17 generation=1\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
      })
  void early_end_counts_as_truncated(String response) throws Exception {
    try (MisbehavingServer server = MisbehavingServer.sending(response)) {
      assertOnly(Failure.TRUNCATED, failuresOf(server.load().connectionPerRequest(50)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nnot a header\r\n\r\n",
      })
  void anything_but_200_counts_as_bad_status(String response) throws Exception {
    try (MisbehavingServer server = MisbehavingServer.sending(response)) {
      assertOnly(Failure.BAD_STATUS, failuresOf(server.load().connectionPerRequest(50)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Hello",
        "pid=17 generation=1",
        "pid=17 generation=1\n\n",
        "pid= generation=\n"
      })
  void anything_but_a_greeting_counts_as_wrong_body(String body) throws Exception {
    try (MisbehavingServer server = MisbehavingServer.sending(MisbehavingServer.ok(body))) {
      assertOnly(Failure.WRONG_BODY, failuresOf(server.load().slow(1, 1)));
    }
  }

  @Test
  void wrong_digest_counts_as_wrong_body() throws Exception {
    try (MisbehavingServer server =
        MisbehavingServer.answering(
            connection -> {
              Thread.sleep(100); // closing with unread input would be a reset
              connection.send(MisbehavingServer.ok("0".repeat(64) + "\n"));
              Thread.sleep(100);
            })) {
      assertOnly(Failure.WRONG_BODY, failuresOf(server.load().uploads(1, 1_000, 20)));
    }
  }

  @Test
  void flipped_bit_in_a_download_counts_as_wrong_body() throws Exception {
    byte[] content = knownContent(1_000);
    content[999] ^= 1;
    assertWrongDownload(content, 1_000);
  }

  @Test
  void complete_but_short_download_counts_as_wrong_body() throws Exception {
    assertWrongDownload(knownContent(999), 1_000);
  }

  @Test
  void too_long_download_counts_as_wrong_body() throws Exception {
    assertWrongDownload(knownContent(1_001), 1_000);
  }

  @Test
  void examples_tell_when_where_and_what() throws Exception {
    try (MisbehavingServer server = MisbehavingServer.sending("HTTP/1.1 503 No\r\n\r\n")) {
      TrafficReport report = failuresOf(server.load().connectionPerRequest(200));
      assertThat(report.examples()).hasSize(5);
      assertThat(report.examples())
          .allMatch(example -> example.matches("[0-9:.]+ BAD_STATUS on port \\d+: status 503"));
    }
  }

  private static void assertWrongDownload(byte[] content, int expected) throws Exception {
    ByteArrayOutputStream response = new ByteArrayOutputStream();
    response.write(
        ("HTTP/1.1 200 OK\r\nContent-Length: " + content.length + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    response.write(content);
    try (MisbehavingServer server =
        MisbehavingServer.answering(connection -> connection.send(response.toByteArray()))) {
      assertOnly(Failure.WRONG_BODY, failuresOf(server.load().downloads(1, expected, 0)));
    }
  }

  private static byte[] knownContent(int length) {
    byte[] content = new byte[length];
    for (int i = 0; i < length; i++) {
      content[i] = KnownContent.at(i);
    }
    return content;
  }

  private static List<Socket> fillQueue(int port) throws IOException {
    List<Socket> queued = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Socket socket = new Socket();
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
      queued.add(socket);
    }
    return queued;
  }

  /** Runs a load of one kind until it has failed five times. */
  private static TrafficReport failuresOf(Load.Plan plan) throws InterruptedException {
    Load load = plan.start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (load.snapshot().failed() < 5
        && load.snapshot().succeeded() == 0
        && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
    return load.stop().traffic().values().iterator().next();
  }

  private static void assertOnly(Failure expected, TrafficReport report) {
    assertThat(report.failures()).as("%s", report.examples()).containsOnlyKeys(expected);
    assertThat(report.failed()).isPositive();
    assertThat(report.succeeded()).isZero();
    assertThat(report.inFlight()).isZero();
    assertThat(report.examples()).isNotEmpty();
  }
}
