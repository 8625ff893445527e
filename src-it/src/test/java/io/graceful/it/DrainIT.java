package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.load.Load;
import io.graceful.it.load.ManualClient;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the old process waits for, and what not; and the end of its waiting. */
@ExtendWith(ServersExtension.class)
class DrainIT {

  @EachJdk
  void connection_that_has_sent_nothing_does_not_hold_it(int jdk, Servers servers)
      throws Exception {
    Server server =
        servers.launch(Apps.THREADS, Jdks.find(jdk)).option("drain.quiet", "500ms").start();
    try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      server.greet(); // The silent one came first, so it has been accepted.
      long begin = System.nanoTime();
      server.restart();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
      silent.setSoTimeout(30_000);
      silent.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
      assertThat(silent.getInputStream().read()).as("the new process answers").isEqualTo('H');
    }
    assertThat(server.stderr(line -> line.contains("drained in"))).hasSize(1);
  }

  @EachJdk
  void clients_that_keep_their_connections_busy_do_not_hold_it(int jdk, Servers servers)
      throws Exception {
    Server server = servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).start();
    Load load = server.load().keepAlive(6, 20, false).start();
    server.restart();
    server.restart();
    load.stop();
    assertThat(server.stderr(line -> line.contains("drained in"))).hasSize(2);
  }

  @EachJdk
  void request_that_takes_longer_than_the_drain_is_cut(int jdk, Servers servers) throws Exception {
    Server server =
        servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).option("drain.timeout", "1s").start();
    try (SlowRequest slow = SlowRequest.send(server, 30_000)) {
      server.restart();
    }
    assertThat(server.stderr(line -> line.contains("time is up after 1")))
        .singleElement()
        .asString()
        .contains("connections still in use: 1");
  }

  /** By its own shutdown: the server says goodbye, and then closes. */
  @EachJdk
  void session_that_does_not_end_is_ended_by_the_app(int jdk, Servers servers) throws Exception {
    Server server =
        servers.launch(Apps.LINES, Jdks.find(jdk)).option("drain.timeout", "3s").start();
    long old = server.serving().pid();
    try (ManualClient session = ManualClient.connect(server.endpoint())) {
      assertThat(session.receiveHello().pid()).isEqualTo(old);
      long begin = System.nanoTime();
      Restart restart = server.beginRestart();
      restart.awaitSuccessor();
      restart.awaitAnswer();
      session.sendText("are you there?\n");
      assertThat(session.receiveLine()).startsWith("are you there? pid=" + old + " ");
      assertThat(session.receiveLine()).startsWith("bye pid=" + old + " ");
      assertThat(session.receiveByte()).as("after the goodbye").isEqualTo(-1);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofSeconds(3));
      restart.awaitPredecessorGone();
      Generations.assertOldOnesEndedWell(server, List.of(restart));
    }
  }

  /** Tomcat connects to its own port to wake its acceptor: there the successor listens by then. */
  @EachJdk
  void acceptor_that_is_woken_through_its_own_port_ends_at_once(int jdk, Servers servers)
      throws Exception {
    Server server = servers.launch(Apps.TOMCAT8, Jdks.find(jdk)).start();
    Restart restart = server.beginRestart();
    restart.awaitSuccessor();
    restart.awaitAnswer();
    server.awaitStderr("the end of the drain", line -> line.endsWith("; exiting"));
    long begin = System.nanoTime();
    restart.awaitPredecessorGone();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
    Generations.assertOldOnesEndedWell(server, List.of(restart));
  }

  @EachJdk
  void shutdown_hook_that_takes_its_time_ends(int jdk, Servers servers) throws Exception {
    Server server = servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).with("slow-hook", 1500).start();
    Restart restart = server.restart();
    assertThat(server.slowStops()).containsExactly(restart.predecessor().pid());
    Generations.assertQuiet(server);
  }

  @EachJdk
  void shutdown_hook_that_never_ends_is_halted(int jdk, Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(jdk))
            .option("shutdown.timeout", "1s")
            .with("ignore-shutdown", true)
            .start();
    Restart restart = server.restart();
    assertThat(server.stops()).containsExactly(restart.predecessor().pid());
    assertThat(server.stderr(line -> line.contains("hooks did not end within 1000 ms"))).hasSize(1);
  }

  @EachJdk
  void listener_that_may_be_dropped(int jdk, Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.TWO, Jdks.find(jdk))
            .option("unclaimed", "drop")
            .option("ready.timeout", "2s")
            .with("fewer-from", 2)
            .start();
    Load load = Loads.start(server);
    server.restart();
    Loads.assertNothingFailed(load.stop());
    Map<Integer, String> listeners = server.view().listeners();
    assertThat(listeners).containsOnlyKeys(server.port());
    assertThat(server.stderr(line -> line.contains("not bound by this process, so dropped")))
        .singleElement()
        .asString()
        .contains("127.0.0.1:" + server.argument("admin"));
  }

  /** Bound and closed again: the inherited listener must still be there for the real bind. */
  @EachJdk
  void port_that_is_probed_before_it_is_bound(int jdk, Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.THREADS, Jdks.find(jdk))
            .with("port-probe", true)
            .with("host", "*")
            .start();
    Load load = Loads.start(server);
    server.restart();
    server.restart();
    Loads.assertNothingFailed(load.stop());
  }
}
