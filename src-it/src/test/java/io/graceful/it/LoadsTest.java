package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When connections count as kept. */
@Timeout(30)
class LoadsTest {
  @Test
  void connections_that_last_are_kept() throws Exception {
    Loads.assertConnectionsKept(reportOn(Integer.MAX_VALUE, ""));
  }

  @Test
  void connections_that_end_as_announced_are_kept() throws Exception {
    Loads.assertConnectionsKept(reportOn(1, "Connection: close\r\n"));
  }

  @Test
  void connections_that_end_without_a_word_are_lost() throws Exception {
    LoadReport report = reportOn(3, "");
    assertThatThrownBy(() -> Loads.assertConnectionsKept(report))
        .isInstanceOf(AssertionError.class)
        // A look that comes too early is a request that fails.
        .hasMessageMatching(
            "(?s).*(connections that 4 clients of KEEP_ALIVE lost: they opened \\d+, 0 of these"
                + " after an announced close|failures of KEEP_ALIVE).*");
  }

  @Test
  void nobody_can_assert_about_connections_that_were_not_there() throws Exception {
    assertThatThrownBy(
            () -> Loads.assertConnectionsKept(Load.against("127.0.0.1", 1).start().stop()))
        .hasMessageContaining("keep-alive traffic");
  }

  /** By clients that look first, to a server that answers so many requests on each connection. */
  private static LoadReport reportOn(int requests, String headers) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread acceptor = new Thread(() -> accept(listener, requests, headers), "acceptor");
      acceptor.setDaemon(true);
      acceptor.start();
      Load load =
          Load.against("127.0.0.1", listener.getLocalPort()).keepAlive(4, 40, false).start();
      while (load.snapshot().succeeded() < 60) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
      return load.stop();
    }
  }

  private static void accept(ServerSocket listener, int requests, String headers) {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        new Thread(() -> serve(socket, requests, headers), "connection").start();
      } catch (IOException e) {
        return; // closed: the test is over
      }
    }
  }

  private static void serve(Socket socket, int requests, String headers) {
    try (socket) {
      BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream()));
      for (int i = 0; i < requests; i++) {
        String tag = in.readLine().replaceAll(".*tag=(\\d+) .*", "$1");
        while (!in.readLine().isEmpty()) {
          // The rest of the head.
        }
        String body = "pid=17 generation=1 peer=" + socket.getPort() + " tag=" + tag + "\n";
        String head = "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + body.length();
        socket.getOutputStream().write((head + "\r\n\r\n" + body).getBytes());
      }
    } catch (IOException | NullPointerException e) {
      // The client has left.
    }
  }
}
