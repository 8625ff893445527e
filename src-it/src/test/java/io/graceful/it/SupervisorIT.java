package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.jvm.ProcessView;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import io.graceful.it.load.ManualClient;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code java -jar graceful.jar run}, above all generations of a server. */
@ExtendWith(ServersExtension.class)
class SupervisorIT {

  private static final int LARGEST_MEGABYTES = 45;

  @EachJdk
  void keeps_one_pid_through_restarts_and_ends_as_the_server_does(int jdk, Servers servers)
      throws Exception {
    Server server = Supervised.launch(servers, Jdks.find(jdk), "soak=300ms").start();
    ProcessId supervisor = server.family().first();
    Load load = Loads.startWithKeepAlive(server);

    for (int generation = 2; generation <= 3; generation++) {
      ProcessId old = server.serving();
      assertThat(supervisor.signal(Signal.SIGUSR2)).isTrue();
      Supervised.awaitGeneration(server, generation);
      server.awaitExit(old, Server.LIMIT);
    }
    LoadReport report = load.stop();
    Loads.assertNothingFailed(report);
    Loads.assertConnectionsKept(report);
    assertThat(megabytes(supervisor)).isLessThan(LARGEST_MEGABYTES);
    Supervised.assertReaps(supervisor);

    assertThat(supervisor.signal(Signal.SIGTERM)).isTrue();
    assertThat(server.awaitExit(supervisor, Server.LIMIT)).hasValue(143);
    assertThat(server.family().alive()).isEmpty();
    Generations.assertQuiet(server);
  }

  @EachJdk
  void clients_wait_while_a_crashed_server_is_started_again(int jdk, Servers servers)
      throws Exception {
    Server server = Supervised.launch(servers, Jdks.find(jdk), "soak=300ms").start();
    ProcessId supervisor = server.family().first();
    Supervised.awaitStored(server);

    for (int crash = 1; crash <= 3; crash++) {
      ProcessId crashed = server.serving();
      assertThat(crashed.signal(Signal.SIGKILL)).isTrue();
      Await.until("the end of " + crashed, Server.LIMIT, () -> !crashed.exists());
      assertThat(server.greet().pid()).as("who has answered").isNotEqualTo(crashed.pid());
      Supervised.awaitGeneration(server, crash + 1);
      Supervised.awaitStored(server);
    }
    assertThat(
            server.stderr(line -> line.contains(" was killed by signal 9: starting it again in ")))
        .hasSize(3)
        .allMatch(line -> line.endsWith(" ms; clients wait at 1 sockets"));
    assertThat(supervisor.exists()).isTrue();
    Supervised.assertReaps(supervisor);
  }

  @Test
  void a_server_that_crashes_at_each_start_is_started_ever_more_rarely(Servers servers)
      throws Exception {
    Server server =
        Supervised.launch(servers, Jdks.any(), "soak=300ms")
            .with("exit-from", 2)
            .with("exit-code", 9)
            .start();
    ProcessId supervisor = server.family().first();
    Supervised.awaitStored(server);
    assertThat(server.serving().signal(Signal.SIGKILL)).isTrue();
    Await.until(
        "the fifth start",
        Server.LIMIT,
        () -> server.stderr(line -> line.contains(": starting it again in ")).size() == 5);

    assertThat(server.stderr(line -> line.contains(": starting it again in ")))
        .extracting(
            line -> line.replaceAll(".* (was|exited) (.*); clients wait at 1 sockets", "$2"))
        .containsExactly(
            "killed by signal 9: starting it again in 100 ms",
            "with 9: starting it again in 200 ms",
            "with 9: starting it again in 400 ms",
            "with 9: starting it again in 800 ms",
            "with 9: starting it again in 1600 ms");
    assertThat(supervisor.signal(Signal.SIGUSR2)).isTrue();
    server.awaitStderr(
        "that it is no restart",
        line -> line.endsWith("]: SIGUSR2: the server is about to be started: that is enough"));
    try (ManualClient waiting = ManualClient.connect(server.endpoint())) {
      waiting.send("/");
      server.forgetStarts(); // The next one is the first generation again.
      assertThat(waiting.receiveGreeting().generation()).isEqualTo(1);
    }
    Supervised.assertReaps(supervisor);
    assertThat(supervisor.signal(Signal.SIGTERM)).isTrue();
    assertThat(server.awaitExit(supervisor, Server.LIMIT)).hasValue(143);
  }

  @Test
  void a_restart_goes_on_when_the_old_process_is_killed_while_it_drains(Servers servers)
      throws Exception {
    Server server = Supervised.launch(servers, Jdks.any(), "soak=60s").start();
    ProcessId supervisor = server.family().first();
    ProcessId old = server.serving();
    assertThat(supervisor.signal(Signal.SIGUSR2)).isTrue();
    Supervised.awaitGeneration(server, 2);
    server.awaitStderr("the handover", line -> line.contains(" handed over to pid "));
    ProcessId successor = server.serving();

    assertThat(old.signal(Signal.SIGKILL)).isTrue();

    server.awaitStderr(
        "who goes on",
        line ->
            line.endsWith("pid " + old.pid() + " has ended; pid " + successor.pid() + " goes on"));
    assertThat(server.greet().pid()).isEqualTo(successor.pid());
    assertThat(supervisor.signal(Signal.SIGTERM)).isTrue();
    assertThat(server.awaitExit(supervisor, Server.LIMIT)).hasValue(143);
    assertThat(server.family().alive()).isEmpty();
  }

  /** As the service of systemd, which knows of no process but the supervisor. */
  @Test
  void says_what_the_server_says_to_who_manages_it(Servers servers) throws Exception {
    try (Systemd systemd =
        Systemd.atAbstractName("graceful-it-supervisor-" + ProcessHandle.current().pid())) {
      Server server =
          Supervised.launch(servers, Jdks.any(), "soak=300ms")
              .environment("NOTIFY_SOCKET", systemd.notifySocket())
              .environment("WATCHDOG_USEC", "2000000")
              .start();
      systemd.expects(server);
      ProcessId supervisor = server.family().first();
      awaitTold(systemd, "READY=1 ");
      Await.until(
          "a sign of life",
          Server.LIMIT,
          () -> systemd.heard().stream().anyMatch(message -> message.says("WATCHDOG=1")));

      ProcessId old = server.serving();
      assertThat(supervisor.signal(Signal.SIGUSR2)).isTrue();
      awaitTold(systemd, "RELOADING=1 MONOTONIC_USEC=N ");
      Supervised.awaitGeneration(server, 2);
      Await.until(
          "the end of the reload",
          Server.LIMIT,
          () -> systemd.told().stream().filter(line -> line.contains(" READY=1 ")).count() == 2);
      server.awaitExit(old, Server.LIMIT); // Until then it is the new one's parent.

      ProcessId crashed = server.serving();
      assertThat(crashed.signal(Signal.SIGKILL)).isTrue();
      awaitTold(
          systemd,
          "STATUS=pid " + crashed.pid() + " was killed by signal 9: starting it again in ");
      Supervised.awaitGeneration(server, 3);

      assertThat(supervisor.signal(Signal.SIGTERM)).isTrue();
      awaitTold(systemd, "STOPPING=1 ");
      assertThat(server.awaitExit(supervisor, Server.LIMIT)).hasValue(143);
      assertThat(systemd.refused()).as("not from the supervisor").isEmpty();
      assertThat(systemd.told()).noneMatch(line -> line.contains("MAINPID"));
      assertThat(systemd.store()).isEmpty();
    }
  }

  /** What is kept for a server that has crashed is no use to clients of one that stops. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_stop_lets_requests_end_and_refuses_clients(boolean toTheServer, Servers servers)
      throws Exception {
    Server server = Supervised.launch(servers, Jdks.any(), "soak=300ms").start();
    ProcessId supervisor = server.family().first();
    ProcessId serving = server.serving();
    Supervised.awaitStored(server);
    try (SlowRequest slow = SlowRequest.send(server, 3000)) {
      assertThat((toTheServer ? serving : supervisor).signal(Signal.SIGTERM)).isTrue();
      server.awaitRefusal();
      assertThat(serving.exists()).isTrue();
      assertThat(slow.awaitAnswer().pid()).isEqualTo(serving.pid());
    }
    assertThat(server.awaitExit(supervisor, Server.LIMIT)).hasValue(143);
    Generations.assertQuiet(server);
  }

  @Test
  void a_stop_in_the_middle_of_a_restart_ends_both_when_nothing_is_in_flight(Servers servers)
      throws Exception {
    Server server = Supervised.launch(servers, Jdks.any(), "soak=20s").start();
    ProcessId supervisor = server.family().first();
    ProcessId old = server.serving();
    try (SlowRequest inOld = SlowRequest.send(server, 3000)) {
      assertThat(supervisor.signal(Signal.SIGUSR2)).isTrue();
      Supervised.awaitGeneration(server, 2);
      server.awaitStderr("the handover", line -> line.contains(" handed over to pid "));
      assertThat(supervisor.signal(Signal.SIGTERM)).isTrue();
      assertThat(inOld.awaitAnswer().pid()).isEqualTo(old.pid());
    }
    assertThat(server.awaitExit(supervisor, Server.LIMIT)).hasValue(143);
    assertThat(server.stops()).hasSize(2);
    assertThat(server.family().alive()).isEmpty();
  }

  /** As with KillMode=control-group: a second signal would cut the request. */
  @Test
  void a_stop_that_systemd_tells_each_process_is_no_second_signal(Servers servers)
      throws Exception {
    try (Systemd systemd =
        Systemd.atAbstractName("graceful-it-stop-" + ProcessHandle.current().pid())) {
      Server server =
          Supervised.launch(servers, Jdks.any(), "soak=300ms")
              .environment("NOTIFY_SOCKET", systemd.notifySocket())
              .start();
      systemd.expects(server);
      ProcessId supervisor = server.family().first();
      awaitTold(systemd, "READY=1 ");
      ProcessId serving = server.serving();
      try (SlowRequest slow = SlowRequest.send(server, 1500)) {
        assertThat(supervisor.signal(Signal.SIGTERM)).isTrue();
        assertThat(serving.signal(Signal.SIGTERM)).isTrue();
        assertThat(slow.awaitAnswer().pid()).isEqualTo(serving.pid());
      }
      assertThat(server.awaitExit(supervisor, Server.LIMIT)).hasValue(143);
      Generations.assertQuiet(server);
    }
  }

  private static void awaitTold(Systemd systemd, String beginning) {
    Await.untilAsserted(
        Server.LIMIT,
        () ->
            assertThat(systemd.told())
                .anyMatch(line -> line.startsWith(systemd.main() + ": " + beginning)));
  }

  /** Its own parent reaps it, and the supervisor does not see how it has ended. */
  @Test
  void a_new_process_that_is_killed_while_the_old_one_exits_is_started_again(Servers servers)
      throws Exception {
    Server server =
        Supervised.launch(servers, Jdks.any(), "soak=300ms").with("slow-hook", 3_000).start();
    ProcessId supervisor = server.family().first();
    ProcessId old = server.serving();
    Supervised.awaitStored(server);
    assertThat(supervisor.signal(Signal.SIGUSR2)).isTrue();
    server.awaitStderr("the exit of the old one", line -> line.endsWith("; exiting"));
    ProcessId successor = server.family().member(server.starts().get(1)).orElseThrow();
    assertThat(old.exists()).as("its shutdown hooks run").isTrue();

    assertThat(successor.signal(Signal.SIGKILL)).isTrue();

    Supervised.awaitGeneration(server, 3);
    assertThat(server.stderr(line -> line.contains(": starting it again in "))).hasSize(1);
    assertThat(supervisor.exists()).isTrue();
  }

  private static long megabytes(ProcessId process) {
    return Long.parseLong(ProcessView.of(process.pid()).status("VmRSS").split(" ")[0]) / 1024;
  }
}
