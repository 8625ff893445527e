package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.Greeting;
import io.graceful.it.load.ManualClient;
import io.graceful.it.load.RequestFailed;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** TERM and INT without a successor: what is in flight ends first, and nothing else holds it up. */
@ExtendWith(ServersExtension.class)
class GracefulStopIT {
  private static final int SLOW_MILLIS = 1_500;
  private static final int NEVER_MILLIS = 60_000;

  static Stream<Arguments> signalsAndJdks() {
    return Stream.of(Signal.SIGTERM, Signal.SIGINT)
        .flatMap(signal -> Jdks.features().map(jdk -> Arguments.of(signal, jdk)));
  }

  @ParameterizedTest(name = "{0} jdk {1}")
  @MethodSource("signalsAndJdks")
  void request_in_flight_ends_well(Signal signal, int jdk, Servers servers) throws Exception {
    Server server = servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).start();
    ProcessId process = server.serving();
    try (SlowRequest slow = SlowRequest.send(server, SLOW_MILLIS)) {
      server.signal(signal);
      assertThat(slow.awaitAnswer()).isEqualTo(new Greeting(process.pid(), 1));
    }
    assertThat(server.awaitExit(process, Duration.ofSeconds(10))).hasValue(128 + signal.intValue());
    assertThat(server.stops()).containsExactly(process.pid());
    Generations.assertQuiet(server);
  }

  @ParameterizedTest(name = "{0} jdk {1}")
  @MethodSource("signalsAndJdks")
  void idle_connection_does_not_hold_it_up(Signal signal, int jdk, Servers servers)
      throws Exception {
    Server server =
        servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).option("stop.timeout", "30s").start();
    ProcessId process = server.serving();
    try (ManualClient idle = ManualClient.connect(server.endpoint())) {
      idle.send("/");
      idle.receiveGreeting();
      server.signal(signal);
      assertThat(server.awaitExit(process, Duration.ofSeconds(10)))
          .hasValue(128 + signal.intValue());
    }
    assertThat(server.stops()).containsExactly(process.pid());
  }

  @EachJdk
  void second_signal_stops_at_once(int jdk, Servers servers) throws Exception {
    Server server =
        servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).option("stop.timeout", "50s").start();
    ProcessId process = server.serving();
    try (SlowRequest slow = SlowRequest.send(server, NEVER_MILLIS)) {
      server.signal(Signal.SIGTERM);
      server.awaitStderr(
          "an answer to the first signal",
          line -> line.startsWith("graceful[" + process.pid() + "]: "));
      assertThat(process.exists()).as("waiting for the request").isTrue();
      server.signal(Signal.SIGTERM);
      assertThat(server.awaitExit(process, Duration.ofSeconds(5))).hasValue(128 + 15);
      assertThatThrownBy(slow::awaitAnswer).isInstanceOf(RequestFailed.class);
    }
    assertThat(server.stops()).isEqualTo(List.of(process.pid()));
  }

  @EachJdk
  void request_that_takes_too_long_is_cut_at_the_deadline(int jdk, Servers servers)
      throws Exception {
    Server server =
        servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).option("stop.timeout", "1s").start();
    ProcessId process = server.serving();
    try (SlowRequest slow = SlowRequest.send(server, NEVER_MILLIS)) {
      long signalled = System.nanoTime();
      server.signal(Signal.SIGTERM);
      assertThat(server.awaitExit(process, Duration.ofSeconds(10))).hasValue(128 + 15);
      assertThat(Duration.ofNanos(System.nanoTime() - signalled))
          .isGreaterThanOrEqualTo(Duration.ofMillis(900));
      assertThatThrownBy(slow::awaitAnswer).isInstanceOf(RequestFailed.class);
    }
    assertThat(server.stops()).containsExactly(process.pid());
  }

  /** As when systemd stops a service whose old process drains yet: both get the signal. */
  @EachJdk
  void in_the_middle_of_a_restart_both_processes_end_what_is_in_flight(int jdk, Servers servers)
      throws Exception {
    Server server = servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).option("soak", "20s").start();
    ProcessId old = server.serving();
    try (SlowRequest inOld = SlowRequest.send(server, SLOW_MILLIS * 3)) {
      Restart restart = server.beginRestart();
      ProcessId successor = restart.awaitSuccessor();
      restart.awaitHandover();
      try (SlowRequest inNew = SlowRequest.send(server, SLOW_MILLIS * 2)) {
        server.signal(Signal.SIGTERM);
        successor.signal(Signal.SIGTERM);
        awaitRefusalWhileAlive(server, successor);
        assertThat(inNew.awaitAnswer()).isEqualTo(new Greeting(successor.pid(), 2));
      }
      Await.until(
          "the end of the new process", Server.LIMIT, () -> server.family().hasEnded(successor));
      assertThat(inOld.awaitAnswer()).isEqualTo(new Greeting(old.pid(), 1));
    }
    assertThat(server.awaitExit(old, Duration.ofSeconds(10))).hasValue(128 + 15);
    assertThat(server.stops()).containsExactly(server.starts().get(1), old.pid());
    Generations.assertQuiet(server);
  }

  /** Which is the one that operators and supervisors know of by then. */
  @EachJdk
  void a_signal_to_the_new_process_ends_the_old_one_too(int jdk, Servers servers) throws Exception {
    Server server = servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).option("soak", "50s").start();
    ProcessId old = server.serving();
    try (SlowRequest inOld = SlowRequest.send(server, SLOW_MILLIS * 3)) {
      Restart restart = server.beginRestart();
      ProcessId successor = restart.awaitSuccessor();
      restart.awaitHandover();
      try (SlowRequest inNew = SlowRequest.send(server, SLOW_MILLIS * 2)) {
        successor.signal(Signal.SIGTERM);
        awaitRefusalWhileAlive(server, successor);
        assertThat(inNew.awaitAnswer()).isEqualTo(new Greeting(successor.pid(), 2));
      }
      server.awaitStderr(
          "that the old process goes too",
          line ->
              line.startsWith("graceful[" + old.pid() + "]: pid " + successor.pid() + " exited")
                  && line.endsWith(
                      "as it was told to; exiting too, when nothing is in progress any more"));
      assertThat(inOld.awaitAnswer()).isEqualTo(new Greeting(old.pid(), 1));
    }
    assertThat(server.awaitExit(old, Duration.ofSeconds(10))).hasValue(0);
    assertThat(server.stops()).containsExactly(server.starts().get(1), old.pid());
    Generations.assertQuiet(server);
  }

  /** It has yet to end what it has accepted. */
  private static void awaitRefusalWhileAlive(Server server, ProcessId process) {
    server.awaitRefusal();
    assertThat(process.exists()).isTrue();
  }

  @EachJdk
  void a_second_signal_to_a_process_that_drains_stops_it_at_once(int jdk, Servers servers)
      throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(jdk))
            .option("stop.timeout", "50s")
            .option("drain.timeout", "50s")
            .start();
    ProcessId old = server.serving();
    try (SlowRequest slow = SlowRequest.send(server, NEVER_MILLIS)) {
      Restart restart = server.beginRestart();
      restart.awaitSuccessor();
      restart.awaitHandover();
      old.signal(Signal.SIGTERM);
      server.awaitStderr(
          "an answer to the first signal",
          line -> line.startsWith("graceful[" + old.pid() + "]: SIGTERM: "));
      assertThat(old.exists()).as("waiting for the request").isTrue();
      old.signal(Signal.SIGTERM);
      assertThat(server.awaitExit(old, Duration.ofSeconds(5))).hasValue(128 + 15);
      assertThatThrownBy(slow::awaitAnswer).isInstanceOf(RequestFailed.class);
      server.awaitAnswerBy(restart.successor());
    }
    Generations.assertQuiet(server);
  }

  /** As servers do that log the signal: theirs comes first, and hands it on to ours. */
  @EachJdk
  void a_handler_of_the_application_that_hands_it_on(int jdk, Servers servers) throws Exception {
    Server server =
        servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).with("logged-signals", "TERM").start();
    ProcessId process = server.serving();
    try (SlowRequest slow = SlowRequest.send(server, SLOW_MILLIS)) {
      server.signal(Signal.SIGTERM);
      assertThat(slow.awaitAnswer()).isEqualTo(new Greeting(process.pid(), 1));
    }
    assertThat(server.awaitExit(process, Duration.ofSeconds(10))).hasValue(128 + 15);
    assertThat(server.state("signals")).hasContent(process.pid() + " TERM");
    assertThat(server.stops()).containsExactly(process.pid());
    Generations.assertQuiet(server);
  }

  /** As without the agent. */
  @EachJdk
  void a_handler_of_the_application_that_does_not(int jdk, Servers servers) throws Exception {
    Server server =
        servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).with("own-signals", "TERM").start();
    ProcessId process = server.serving();
    server.signal(Signal.SIGTERM);
    Await.untilAsserted(
        Server.LIMIT,
        () -> assertThat(server.state("signals")).hasContent(process.pid() + " TERM"));
    assertThat(server.greet().pid()).isEqualTo(process.pid());
    assertThat(server.restart().exitStatus()).hasValue(0);
    Generations.assertQuiet(server);
  }
}
