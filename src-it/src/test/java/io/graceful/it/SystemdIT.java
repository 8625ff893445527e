package io.graceful.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.jvm.ProcessView;
import io.graceful.it.load.Request;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What systemd is told, message by message, and by whom. */
@ExtendWith(ServersExtension.class)
class SystemdIT {

  @TempDir private Path directory;

  private Systemd systemd;

  @BeforeEach
  void listen() {
    systemd = Systemd.at(directory.resolve("notify"));
  }

  @AfterEach
  void close() {
    systemd.close();
  }

  @EachJdk
  void start_restarts_and_stop(int jdk, Servers servers) throws Exception {
    Server server = start(launch(servers, jdk));
    long first = server.serving().pid();
    String listeners = "[127.0.0.1:" + server.port() + "]";
    systemd.assertTold(ready(first, 1, listeners, ""));

    long before = System.nanoTime() / 1000;
    server.restart();
    long second = server.serving().pid();
    await(ready(second, 2, listeners, ""));
    server.restart(); // At once: who was told READY=1 may ask for the next one.
    long third = server.serving().pid();
    await(ready(third, 3, listeners, ""));
    server.signal(Signal.SIGTERM);
    assertThat(server.awaitExit(server.serving(), Server.LIMIT)).hasValue(143);

    systemd.assertTold(
        ready(first, 1, listeners, ""),
        reloading(first, 1, listeners),
        first
            + ": STATUS=pid "
            + second
            + " serves, as generation 2; pid "
            + first
            + " is draining",
        first + ": MAINPID=" + second + " STATUS=pid " + second + " serves, as generation 2",
        ready(second, 2, listeners, ""),
        reloading(second, 2, listeners),
        second
            + ": STATUS=pid "
            + third
            + " serves, as generation 3; pid "
            + second
            + " is draining",
        second + ": MAINPID=" + third + " STATUS=pid " + third + " serves, as generation 3",
        ready(third, 3, listeners, ""),
        third + ": STOPPING=1 STATUS=generation 3 is stopping: SIGTERM");
    long after = System.nanoTime() / 1000;
    assertThat(reloadTimes()).hasSize(2).isSorted().allMatch(time -> before < time && time < after);
    Generations.assertQuiet(server);
  }

  /** {@code systemctl reload} may follow {@code systemctl start} at once. */
  @EachJdk
  void who_was_told_ready_finds_the_control_socket(int jdk, Servers servers) throws Exception {
    Server server =
        start(launch(servers, jdk).environment("XDG_RUNTIME_DIR", directory.toString()));
    await(ready(server.serving().pid(), 1, "[127.0.0.1:" + server.port() + "]", ""));

    assertThat(directory.resolve("graceful").toFile().list())
        .anyMatch(name -> name.startsWith(server.serving().pid() + "-"));
  }

  @EachJdk
  void who_is_told_to_stop_while_it_drains_names_its_successor(int jdk, Servers servers)
      throws Exception {
    Server server = start(launch(servers, jdk).option("soak", "20s"));
    ProcessId first = server.serving();
    String listeners = "[127.0.0.1:" + server.port() + "]";
    await(ready(first.pid(), 1, listeners, ""));
    Restart restart = server.beginRestart();
    long second = restart.awaitSuccessor().pid();
    restart.awaitHandover();
    first.signal(Signal.SIGTERM);
    assertThat(server.awaitExit(first, Server.LIMIT)).hasValue(143);
    await(ready(second, 2, listeners, ""));

    systemd.assertTold(
        ready(first.pid(), 1, listeners, ""),
        reloading(first.pid(), 1, listeners),
        first.pid()
            + ": STATUS=pid "
            + second
            + " serves, as generation 2; pid "
            + first.pid()
            + " is draining",
        first.pid() + ": MAINPID=" + second + " STATUS=pid " + second + " serves, as generation 2",
        ready(second, 2, listeners, ""));
    server.awaitAnswerBy(restart.successor());
    Generations.assertQuiet(server);
  }

  /** For a main process that is not its child, systemd does not wait at a stop: it kills it. */
  @EachJdk
  void a_new_process_is_nobodys_child_but_systemds(int jdk, Servers servers) throws Exception {
    Server server = start(launch(servers, jdk));
    for (int restart = 0; restart < 2; restart++) {
      Restart running = server.beginRestart();
      ProcessId successor = running.awaitSuccessor();
      assertThat(ProcessView.of(successor.pid()).status("PPid"))
          .as("it adopts orphans here, as systemd does")
          .isEqualTo(Long.toString(ProcessHandle.current().pid()));
      running.complete();
      assertThat(server.serving()).isEqualTo(successor);
    }
    Generations.assertQuiet(server);
  }

  @Test
  void a_service_that_would_end_with_its_main_process_is_not_restarted(Servers servers)
      throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.any())
            .after("export SYSTEMD_EXEC_PID=$$") // As systemd sets it, whatever the unit's type is.
            .start();
    ProcessId process = server.serving();

    server.signal(Signal.SIGUSR2);

    server.awaitStderr(
        "the refusal",
        line ->
            line.equals(
                "graceful["
                    + process.pid()
                    + "]: SIGUSR2: restart refused: systemd takes this process for the whole service,"
                    + " and would stop the new one with it: set Type=notify, or NotifyAccess=main,"
                    + " in the unit"));
    assertThat(server.greet().pid()).isEqualTo(process.pid());
    assertThat(server.family().alive()).containsExactly(process);
    Generations.assertQuiet(server);
  }

  @EachJdk
  void a_restart_that_fails_before_and_one_that_fails_after_the_handover(int jdk, Servers servers)
      throws Exception {
    Server server =
        start(
            launch(servers, jdk)
                .option("soak", "10s")
                .with("exit-from", 3)
                .with("exit-code", 3)
                .with("crash-from", 2));
    long old = server.serving().pid();
    String listeners = "[127.0.0.1:" + server.port() + "]";
    await(ready(old, 1, listeners, ""));

    Restart crashing = server.beginRestart();
    ProcessId crashed = crashing.awaitSuccessor();
    crashing.awaitHandover();
    Files.createFile(server.state("crash"));
    String afterwards = "; restart failed: pid " + crashed.pid() + " ended after it took over";
    await(ready(old, 1, listeners, afterwards));

    ProcessId exited = server.beginRestart().awaitSuccessor();
    String before = "; restart failed: pid " + exited.pid() + " ended before it was ready";
    systemd.assertTold(
        ready(old, 1, listeners, ""),
        reloading(old, 1, listeners),
        old
            + ": STATUS=pid "
            + crashed.pid()
            + " serves, as generation 2; pid "
            + old
            + " is draining",
        ready(old, 1, listeners, afterwards),
        reloading(old, 1, listeners),
        ready(old, 1, listeners, before));
    assertThat(systemd.main()).isEqualTo(old);
  }

  /** The name of the socket is an abstract one here. */
  @Test
  void where_restarts_are_disabled_it_is_ready_all_the_same(Servers servers) throws Exception {
    systemd.close();
    systemd = Systemd.atAbstractName("graceful-it-" + ProcessHandle.current().pid());
    Server server = start(launch(servers, Jdks.any().feature()).option("hook.timeout", "never"));
    long pid = server.serving().pid();
    String status =
        " STATUS=restarts are disabled: bad value 'never' for agent argument 'hook.timeout'; allowed:"
            + " a time such as 500ms, 10s or 2m, at most 24 hours (a bare number is seconds)";
    systemd.assertTold(pid + ": READY=1 MAINPID=" + pid + status);

    server.signal(Signal.SIGUSR2);
    systemd.assertTold(
        pid + ": READY=1 MAINPID=" + pid + status,
        pid + ": RELOADING=1 MONOTONIC_USEC=N READY=1" + status);
    assertThat(server.greet().pid()).isEqualTo(pid);
  }

  /** Also while the old process takes its time to end: it is the main one no more. */
  @EachJdk
  void signs_of_life_come_from_the_main_process(int jdk, Servers servers) throws Exception {
    Server server =
        start(
            launch(servers, jdk)
                .environment("WATCHDOG_USEC", "400000")
                .after("export WATCHDOG_PID=$$")
                .with("slow-hook", 2000));
    ProcessId first = server.serving();
    awaitSignsOfLife(first, 3);

    Restart restart = server.beginRestart();
    ProcessId second = restart.awaitSuccessor();
    awaitSignsOfLife(second, 3);
    assertThat(first.exists()).as("the old process is in its shutdown hooks").isTrue();
    restart.complete();
    List<Long> signs =
        systemd.heard().stream()
            .filter(message -> message.text().equals("WATCHDOG=1"))
            .map(Systemd.Message::sender)
            .toList();
    assertThat(signs.lastIndexOf(first.pid())).isLessThan(signs.indexOf(second.pid()));
    String listeners = "[127.0.0.1:" + server.port() + "]";
    await(ready(second.pid(), 2, listeners, ""));
    assertThat(systemd.refused()).isEmpty();
  }

  private void awaitSignsOfLife(ProcessId process, int count) {
    Await.until(
        count + " signs of life of " + process,
        Server.LIMIT,
        () ->
            systemd.heard().stream()
                    .filter(
                        message -> message.sender() == process.pid() && message.says("WATCHDOG=1"))
                    .count()
                >= count);
  }

  /** They would speak for the service, or take a descriptor of theirs for a listener. */
  @EachJdk
  void children_do_not_get_the_variables(int jdk, Servers servers) throws Exception {
    Path hook =
        Files.writeString(
            directory.resolve("hook"), "#!/bin/sh\nenv >> " + directory + "/hook-environment\n");
    Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwx------"));
    Server server =
        start(
            launch(servers, jdk)
                .option("hook", hook.toString())
                .environment("WATCHDOG_USEC", "1000000000")
                .environment("FDSTORE", "0")
                .after("export WATCHDOG_PID=$$ LISTEN_PID=1 LISTEN_FDS=1 LISTEN_FDNAMES=x"));
    assertThat(server.view().environment()).anyMatch(line -> line.startsWith("LISTEN_FDS="));

    assertNoVariables(childOf(server));
    server.restart();
    assertNoVariables(childOf(server));
    assertThat(names(server.view().environment()))
        .contains("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "FDSTORE")
        .noneMatch(name -> name.startsWith("LISTEN_"));
    List<String> hooks = Files.readAllLines(directory.resolve("hook-environment"));
    assertThat(hooks).contains("RESTART_EVENT=exiting");
    assertNoVariables(hooks);
    Generations.assertQuiet(server);
  }

  /** Without that its restart would end the service. */
  @Test
  void an_agent_that_was_attached_speaks_from_then_on(Servers servers) throws Exception {
    Server server =
        start(
            servers
                .launchWithoutAgent(Apps.HTTPSERVER, Jdks.any())
                .environment("XDG_RUNTIME_DIR", directory.toString())
                .environment("NOTIFY_SOCKET", systemd.notifySocket()));
    long first = server.serving().pid();
    String listeners = "[127.0.0.1:" + server.port() + "]";

    CommandRun attach =
        CommandRun.run(Jdks.any(), servers.agentJar(), directory, "attach", first, "soak=300ms");
    assertThat(attach.status()).as("%s", attach.err()).isZero();
    await(ready(first, 1, listeners, ""));
    server.restart();
    long second = server.serving().pid();
    systemd.assertTold(
        ready(first, 1, listeners, ""),
        reloading(first, 1, listeners),
        first
            + ": STATUS=pid "
            + second
            + " serves, as generation 2; pid "
            + first
            + " is draining",
        first + ": MAINPID=" + second + " STATUS=pid " + second + " serves, as generation 2",
        ready(second, 2, listeners, ""));
  }

  /** The listener outlives its process, and so do the clients that wait at it. */
  @EachJdk
  void after_a_crash_clients_wait_for_the_next_process(int jdk, Servers servers) throws Exception {
    Server server =
        start(
            servers
                .launch(Apps.TWO, Jdks.find(jdk))
                .environment("NOTIFY_SOCKET", systemd.notifySocket())
                .environment("FDSTORE", "10"));
    String port = "graceful.tcp4.127.0.0.1." + server.port();
    String admin = "graceful.tcp4.127.0.0.1." + server.argument("admin");
    awaitStored(port, admin);
    assertThat(systemd.heard().get(0).says("READY=1")).isTrue();
    server.restart();
    awaitReady(server.serving());
    awaitStored(port, admin);

    server.signal(Signal.SIGKILL);
    server.awaitExit(server.serving(), Server.LIMIT);
    try (Socket waiting = new Socket("127.0.0.1", server.port())) {
      Server next = startNext(servers, jdk, server);
      waiting.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
      assertThat(new String(waiting.getInputStream().readAllBytes(), US_ASCII))
          .contains("pid=" + next.serving().pid() + " ");
      // This one does not bind the other port any more.
      Await.until(
          "the port is let go", Server.LIMIT, () -> systemd.store().keySet().equals(Set.of(port)));
      assertThat(next.view().listeners().keySet()).containsExactly(server.port());
      assertThat(systemd.refused()).isEmpty();
      Generations.assertQuiet(next);
    }
    Generations.assertQuiet(server);
  }

  private void awaitStored(String... names) {
    Await.untilAsserted(
        Server.LIMIT, () -> assertThat(systemd.store().keySet()).containsExactlyInAnyOrder(names));
  }

  private void awaitReady(ProcessId process) {
    Await.until(
        "READY=1 of " + process,
        Server.LIMIT,
        () ->
            systemd.heard().stream()
                .anyMatch(message -> message.sender() == process.pid() && message.says("READY=1")));
  }

  /** As Restart= would: with what is kept. */
  private Server startNext(Servers servers, int jdk, Server former) throws Exception {
    String[] kept =
        systemd.store().entrySet().stream()
            .map(
                entry ->
                    "kept:"
                        + ProcessHandle.current().pid()
                        + "/"
                        + entry.getValue()
                        + "/"
                        + entry.getKey())
            .toArray(String[]::new);
    Server next =
        servers
            .launch(Apps.TWO, Jdks.find(jdk))
            .environment("NOTIFY_SOCKET", systemd.notifySocket())
            .environment("FDSTORE", "10")
            .after(ListeningLauncher.command(kept))
            .at(former)
            .with("fewer-from", 1)
            .start();
    systemd.expects(next);
    return next;
  }

  private static List<String> childOf(Server server) throws Exception {
    List<String> environment =
        Request.get(server.endpoint(), "/child")
            .lines()
            .takeWhile(line -> !line.equals("---"))
            .toList();
    assertThat(names(environment)).contains("PATH");
    return environment;
  }

  private static void assertNoVariables(List<String> environment) {
    assertThat(names(environment))
        .noneMatch(name -> name.matches("NOTIFY_SOCKET|(WATCHDOG|LISTEN)_.*|FDSTORE"));
  }

  private static List<String> names(List<String> environment) {
    return environment.stream().map(line -> line.replaceAll("=.*", "")).toList();
  }

  private List<Long> reloadTimes() {
    return systemd.heard().stream()
        .flatMap(message -> message.text().lines())
        .filter(line -> line.startsWith("MONOTONIC_USEC="))
        .map(line -> Long.parseLong(line.substring("MONOTONIC_USEC=".length())))
        .toList();
  }

  private static String ready(long pid, int generation, String listeners, String more) {
    return pid
        + ": READY=1 MAINPID="
        + pid
        + " STATUS=generation "
        + generation
        + " serves on "
        + listeners
        + more;
  }

  /**
   * 120 s to be ready, 30 s to drain, 30 s for the shutdown hooks, 10 s for each call of a hook.
   */
  private static String reloading(long pid, int generation, String listeners) {
    return pid
        + ": RELOADING=1 MONOTONIC_USEC=N EXTEND_TIMEOUT_USEC="
        + TimeUnit.SECONDS.toMicros(200)
        + " STATUS=generation "
        + generation
        + " serves on "
        + listeners
        + "; generation "
        + (generation + 1)
        + " is starting";
  }

  private void await(String told) {
    Await.untilAsserted(Server.LIMIT, () -> assertThat(systemd.told()).contains(told));
  }

  private Launch launch(Servers servers, int jdk) {
    return servers
        .launch(Apps.HTTPSERVER, Jdks.find(jdk))
        .environment("NOTIFY_SOCKET", systemd.notifySocket());
  }

  private Server start(Launch launch) throws Exception {
    Server server = launch.start();
    systemd.expects(server);
    return server;
  }
}
