package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import java.util.List;
import java.util.stream.Stream;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An unmodified server gets the sockets on which systemd listens for it. Without that its bind
 * would fail: the port is taken.
 */
@ExtendWith(ServersExtension.class)
class SocketActivationIT {

  @EachJdk
  void a_server_gets_both_of_its_sockets_and_keeps_them_in_restarts(int jdk, Servers servers)
      throws Exception {
    Server server =
        servers
            .launch(Apps.TWO, Jdks.find(jdk))
            .after(ListeningLauncher.command("127.0.0.1:admin", "127.0.0.1:port"))
            .start();
    assertThat(server.view().environment())
        .contains("LISTEN_FDS=2", "LISTEN_PID=" + server.serving().pid());
    List<Integer> ports = List.of(server.port(), Integer.parseInt(server.argument("admin")));
    var sockets = server.view().listeners();
    assertThat(sockets.keySet()).containsExactlyInAnyOrderElementsOf(ports);

    server.restart();
    server.restart();
    assertThat(server.greet().generation()).isEqualTo(3);
    assertThat(server.view().listeners()).as("the same sockets").isEqualTo(sockets);
    assertThat(server.view().environment()).noneMatch(line -> line.startsWith("LISTEN_"));
    server.signal(Signal.SIGTERM);
    assertThat(server.awaitExit(server.serving(), Server.LIMIT)).hasValue(143);
    Generations.assertQuiet(server);
    assertThat(server.stderr()).noneMatch(line -> line.contains("systemd"));
  }

  /**
   * A program that binds an IPv4 address has a socket of IPv6 in mind: here it gets one of IPv4.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("apps")
  void whatever_it_accepts_with(App app, Servers servers) throws Exception {
    Server server =
        servers
            .launch(app, Jdks.any(app.oldestJdk()))
            .after(ListeningLauncher.command("127.0.0.1:port"))
            .start();
    Load load = server.load().keepAlive(4, 20, false).connectionPerRequest(100).start();
    server.restart();
    LoadReport report = load.stop();
    Loads.assertNothingFailed(report);
    assertThat(report.pids()).containsExactlyInAnyOrderElementsOf(server.starts());
    Generations.assertQuiet(server);
  }

  static Stream<App> apps() {
    return Stream.of(
        Apps.THREADS, Apps.NIO, Apps.NIO2, Apps.NETTY_NIO, Apps.NETTY_EPOLL, Apps.TOMCAT_NIO);
  }

  /** The server deletes the file before it binds, as they do: systemd's must stay. */
  @Test
  void a_unix_socket(Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.UNIX, Jdks.any(Apps.UNIX.oldestJdk()))
            .after(ListeningLauncher.command("unix:path"))
            .start();
    assertThat(server.greet().pid()).isEqualTo(server.serving().pid());
  }

  @Test
  void one_that_the_server_does_not_bind_is_named(Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.TWO, Jdks.any())
            .after(ListeningLauncher.command("127.0.0.1:port", "127.0.0.1:admin"))
            .with("fewer-from", 1)
            .start();

    server.awaitStderr(
        "what nobody bound",
        line ->
            line.equals(
                "graceful["
                    + server.serving().pid()
                    + "]: passed by systemd, but not bound by the application: [127.0.0.1:"
                    + server.argument("admin")
                    + "]; their clients wait until it does"));
    server.restart();
    assertThat(server.greet().generation()).isEqualTo(2);
  }

  @Test
  void an_address_that_is_not_quite_the_same_is_named(Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.TWO, Jdks.any())
            .after(ListeningLauncher.command("127.0.0.2:port"))
            .start();

    server.awaitStderr(
        "the difference",
        line ->
            line.equals(
                "graceful["
                    + server.serving().pid()
                    + "]: the application binds tcp4 127.0.0.1:"
                    + server.port()
                    + ", but was passed tcp4 127.0.0.2:"
                    + server.port()
                    + ": make the addresses the same"));
  }
}
