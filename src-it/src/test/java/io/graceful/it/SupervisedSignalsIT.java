package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.RequestFailed;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What signals to {@code run} do to the server. */
@ExtendWith(ServersExtension.class)
class SupervisedSignalsIT {

  private static final String QUICK = "soak=300ms";

  /** As when the terminal is closed: a JVM that nobody tells otherwise ends by it. */
  @Test
  void hup_goes_on_to_the_server_and_may_end_it(Servers servers) throws Exception {
    Server server = Supervised.launch(servers, Jdks.any(), QUICK).start();
    ProcessId supervisor = server.family().first();
    Supervised.awaitStored(server);

    assertThat(supervisor.signal(Signal.SIGHUP)).isTrue();

    assertThat(server.awaitExit(supervisor, Server.LIMIT)).hasValue(129);
    assertThat(server.stderr()).isEmpty();
    assertThat(server.stops()).isEqualTo(server.starts()).hasSize(1);
  }

  @Test
  void hup_restarts_where_that_is_wanted(Servers servers) throws Exception {
    Server server = Supervised.launch(servers, Jdks.any(), QUICK, "--hup", "restart").start();
    Supervised.awaitStored(server);

    assertThat(server.family().first().signal(Signal.SIGHUP)).isTrue();

    Supervised.awaitGeneration(server, 2);
  }

  @Test
  void hup_does_nothing_where_it_is_ignored(Servers servers) throws Exception {
    Server server = Supervised.launch(servers, Jdks.any(), QUICK, "--hup", "ignore").start();
    ProcessId supervisor = server.family().first();
    Supervised.awaitStored(server);

    assertThat(supervisor.signal(Signal.SIGHUP)).isTrue();
    assertThat(supervisor.signal(Signal.SIGTERM)).isTrue();

    assertThat(server.awaitExit(supervisor, Server.LIMIT)).hasValue(143);
    assertThat(server.starts()).hasSize(1);
  }

  @Test
  void int_stops_the_server(Servers servers) throws Exception {
    Server server = Supervised.launch(servers, Jdks.any(), QUICK).start();
    ProcessId supervisor = server.family().first();
    Supervised.awaitStored(server);

    assertThat(supervisor.signal(Signal.SIGINT)).isTrue();

    assertThat(server.awaitExit(supervisor, Server.LIMIT)).hasValue(130);
    assertThat(server.stops()).hasSize(1);
  }

  /** As Ctrl-C does. A server without graceful stops does not tell that it stops. */
  @ParameterizedTest
  @ValueSource(strings = {QUICK, "stop.signals=none"})
  void a_signal_that_the_server_gets_too_is_the_end_of_both(String options, Servers servers)
      throws Exception {
    Server server = Supervised.launch(servers, Jdks.any(), options).start();
    ProcessId supervisor = server.family().first();
    Supervised.awaitStored(server);

    assertThat(supervisor.signal(Signal.SIGINT)).isTrue();
    assertThat(server.serving().signal(Signal.SIGINT)).isTrue();

    assertThat(server.awaitExit(supervisor, Server.LIMIT)).hasValue(130);
    assertThat(server.starts()).hasSize(1);
    assertThat(server.stderr(line -> line.contains("starting it again"))).isEmpty();
  }

  @Test
  void a_second_term_stops_the_server_at_once(Servers servers) throws Exception {
    Server server = Supervised.launch(servers, Jdks.any(), "stop.timeout=1m").start();
    ProcessId supervisor = server.family().first();
    Supervised.awaitStored(server);
    try (SlowRequest slow = SlowRequest.send(server, 60_000)) {
      assertThat(supervisor.signal(Signal.SIGTERM)).isTrue();
      server.awaitStderr("the stop", line -> line.contains("SIGTERM: stopping, no longer"));
      assertThat(supervisor.signal(Signal.SIGTERM)).isTrue();
      assertThat(server.awaitExit(supervisor, Server.LIMIT)).hasValue(143);
      assertThatThrownBy(slow::awaitAnswer).isInstanceOf(RequestFailed.class);
    }
    assertThat(server.stderr(line -> line.endsWith("SIGTERM again: stopping at once"))).hasSize(1);
  }

  /** Whatever the agent's signal is: that to run is always the same. */
  @Test
  void usr2_becomes_the_signal_that_the_agent_restarts_by(Servers servers) throws Exception {
    Server server =
        Supervised.launch(servers, Jdks.any(), QUICK + ",restart.signal=HUP+USR1").start();
    ProcessId supervisor = server.family().first();
    Supervised.awaitStored(server);
    ProcessId old = server.serving();

    assertThat(supervisor.signal(Signal.SIGUSR2)).isTrue();
    Supervised.awaitGeneration(server, 2);
    server.awaitExit(old, Server.LIMIT);
    assertThat(supervisor.signal(Signal.SIGHUP)).as("goes on to the server").isTrue();
    Supervised.awaitGeneration(server, 3);

    assertThat(server.stderr(line -> line.contains("starting it again"))).isEmpty();
  }

  @Test
  void a_stop_before_the_new_process_is_ready_ends_with_the_old_ones_code(Servers servers)
      throws Exception {
    Server server = Supervised.launch(servers, Jdks.any(), QUICK).with("slow-start", 2000).start();
    ProcessId supervisor = server.family().first();
    Supervised.awaitStored(server);
    ProcessId old = server.serving();
    assertThat(supervisor.signal(Signal.SIGUSR2)).isTrue();
    String started =
        server.awaitStderr("the new process", line -> line.contains("restart: started pid "));
    ProcessId successor =
        server.family().member(Long.parseLong(started.replaceAll(".* ", ""))).orElseThrow();
    assertThat(successor.signal(Signal.SIGSTOP)).as("so that it outlives the old one").isTrue();

    assertThat(supervisor.signal(Signal.SIGTERM)).isTrue();
    server.awaitStderr(
        "the end of the old one",
        line -> line.endsWith("pid " + old.pid() + " has ended; stopping pid " + successor.pid()));
    assertThat(successor.signal(Signal.SIGKILL)).isTrue();

    assertThat(server.awaitExit(supervisor, Server.LIMIT)).hasValue(143);
    assertThat(server.family().alive()).isEmpty();
  }
}
