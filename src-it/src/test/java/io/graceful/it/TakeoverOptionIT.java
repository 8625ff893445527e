package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.jvm.ProcessView;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A process that something else has started takes over as one that the old process started. */
@ExtendWith(ServersExtension.class)
class TakeoverOptionIT {

  /** Its path must be short. */
  @TempDir private Path runtimeDirectory;

  @EachJdk
  void one_command_line_starts_takes_over_and_restarts(int jdk, Servers servers) throws Exception {
    Path file = runtimeDirectory.resolve("app.pid");
    Server server =
        launch(jdk, servers)
            .option("pidfile", file.toString())
            .option("takeover", file.toString())
            .start();
    ProcessId first = server.serving();
    assertThat(server.stderr())
        .containsExactly(
            "graceful["
                + first.pid()
                + "]: takeover="
                + file
                + ": there is no such file: starting as a first generation");
    ControlSocket.await(runtimeDirectory, first);
    List<String> arguments = server.view().arguments();
    Load load = Loads.startWithKeepAlive(server);

    Newcomer second = Newcomer.start(server);
    second.awaitAnswer();
    assertThat(server.awaitExit(first, Server.LIMIT)).hasValue(0);
    assertThat(server.greet().generation()).isEqualTo(2);
    assertThat(Files.readString(file)).isEqualTo(second.pid() + "\n");
    assertThat(lines(server, first.pid()))
        .anyMatch(line -> line.equals("restart: pid " + second.pid() + " has asked to take over"))
        .anyMatch(line -> line.startsWith("handed over to pid " + second.pid() + " after "))
        .anyMatch(line -> line.endsWith("; exiting"));

    List<Restart> restarts = List.of(server.restart(), server.restart());
    assertThat(server.greet().generation()).isEqualTo(4);
    assertThat(second.status()).isZero();
    assertThat(restarts.get(1).exitStatus()).hasValue(0);
    assertThat(server.view().arguments()).isEqualTo(arguments);
    assertThat(Files.readString(file)).isEqualTo(server.serving().pid() + "\n");

    LoadReport report = load.stop();
    Loads.assertNothingFailed(report);
    Loads.assertConnectionsKept(report);
    assertThat(server.stops()).containsExactlyElementsOf(server.starts().subList(0, 3));
    Generations.assertOneIsLeft(server);
    Generations.assertQuiet(server);
  }

  @Test
  void another_jdk_takes_over_and_is_taken_over_from(Servers servers) throws Exception {
    Server server = launch(17, servers).start();
    ProcessId old = server.serving();
    Load load = Loads.startWithKeepAlive(server);
    ControlSocket.await(runtimeDirectory, old);
    List<String> command = Newcomer.commandOf(server, old.pid());
    command.set(0, Jdks.find(25).java().toString());

    Newcomer newer = Newcomer.start(server, command);
    newer.awaitAnswer();
    assertThat(server.awaitExit(old, Server.LIMIT)).hasValue(0);
    Path socket = ControlSocket.await(runtimeDirectory, newer.id());
    Newcomer third = Newcomer.start(server, Newcomer.commandOf(server, socket));
    third.awaitAnswer();
    assertThat(newer.status()).isZero();

    assertThat(server.greet().generation()).isEqualTo(3);
    LoadReport report = load.stop();
    Loads.assertNothingFailed(report);
    Loads.assertConnectionsKept(report);
    Generations.assertOneIsLeft(server);
  }

  @EachJdk
  void one_that_exits_before_it_is_ready_changes_nothing(int jdk, Servers servers)
      throws Exception {
    Server server = launch(jdk, servers).with("exit-from", 2).with("exit-code", 3).start();
    servesOn(
        server,
        newcomer -> assertThat(newcomer.status()).isEqualTo(3),
        " ended before it was ready");
  }

  @EachJdk
  void one_that_hangs_is_told_to_go(int jdk, Servers servers) throws Exception {
    Server server = launch(jdk, servers).option("ready.timeout", "6s").with("hang-from", 2).start();
    servesOn(
        server,
        newcomer -> assertThat(newcomer.status()).isEqualTo(70),
        " was not ready within 6s: it did not bind [127.0.0.1:" + server.port() + "]");
  }

  @EachJdk
  void one_that_does_not_hear_is_killed(int jdk, Servers servers) throws Exception {
    Server server =
        launch(jdk, servers)
            .option("ready.timeout", "9s")
            .option("drain.timeout", "1s")
            .option("shutdown.timeout", "1s")
            .with("slow-start", 3000)
            .start();
    servesOn(
        server,
        newcomer -> {
          String last = newcomer.pid() + " has asked to take over";
          server.awaitStderr("the request", line -> line.endsWith(last));
          newcomer.id().signal(Signal.SIGSTOP);
          assertThat(newcomer.status()).isEqualTo(128 + 9);
        },
        " was not ready within 9s");
  }

  private interface Failing {
    void end(Newcomer newcomer) throws Exception;
  }

  private void servesOn(Server server, Failing failing, String reason) throws Exception {
    ProcessId old = server.serving();
    List<String> descriptors = Settled.descriptorsAfterLoad(server);
    ControlSocket.await(runtimeDirectory, old);
    Load load = Loads.startWithKeepAlive(server);
    List<String> command = Newcomer.commandOf(server, old.pid());

    Newcomer newcomer = Newcomer.start(server, command);
    failing.end(newcomer);
    server.awaitStderr("the failure", line -> line.contains("restart failed"));
    LoadReport report = load.stop();
    Loads.assertNothingFailed(report);
    assertThat(report.pids()).containsExactly(old.pid());
    assertThat(lines(server, old.pid()))
        .filteredOn(line -> line.startsWith("restart failed: "))
        .singleElement()
        .asString()
        .startsWith("restart failed: pid " + newcomer.pid() + reason)
        .endsWith("; still serving on 127.0.0.1:" + server.port());
    Await.untilAsserted(
        Settled.LIMIT,
        () -> {
          assertThat(server.family().alive()).containsExactly(old);
          assertThat(server.view().descriptors()).isEqualTo(descriptors);
        });

    server.forgetStarts();
    Newcomer.start(server, command).awaitAnswer();
    assertThat(server.awaitExit(old, Server.LIMIT)).hasValue(0);
  }

  @EachJdk
  void one_that_is_killed_while_it_is_watched_is_replaced_by_the_old_one(int jdk, Servers servers)
      throws Exception {
    Server server = launch(jdk, servers).option("soak", "20s").start();
    ProcessId old = server.serving();
    List<String> descriptors = Settled.descriptorsAfterLoad(server);
    ControlSocket.await(runtimeDirectory, old);
    Load load = Loads.start(server);

    Newcomer newcomer = Newcomer.start(server, Newcomer.commandOf(server, old.pid()));
    server.awaitStderr("the handover", line -> line.contains("handed over to pid "));
    newcomer.awaitAnswer();
    newcomer.id().signal(Signal.SIGKILL);
    assertThat(newcomer.status()).isEqualTo(128 + 9);
    long end = System.nanoTime();
    server.awaitStderr("the failure", line -> line.contains("restart failed"));
    server.awaitAnswerBy(old);
    LoadReport afterTheEnd = load.snapshot();
    Await.until(
        "200 more answers",
        Server.LIMIT,
        () -> load.snapshot().succeeded() > afterTheEnd.succeeded() + 200);
    LoadReport report = load.stop();

    // What was in the process that was killed is lost; what was begun later must not be.
    assertThat(report.traffic().values())
        .allSatisfy(
            traffic ->
                assertThat(traffic.failedRequests())
                    .as("%s", report)
                    .noneMatch(request -> request.begun() - end > 0));
    assertThat(lines(server, old.pid()))
        .contains(
            "restart failed: pid "
                + newcomer.pid()
                + " ended after it took over; serving again on 127.0.0.1:"
                + server.port());
    Await.untilAsserted(
        Settled.LIMIT, () -> assertThat(server.view().descriptors()).isEqualTo(descriptors));

    Newcomer next = Newcomer.start(server, Newcomer.commandOf(server, old.pid()));
    next.awaitAnswer();
    server.awaitStderr(
        "its generation",
        line -> line.startsWith("graceful[" + next.pid() + "]: generation 2 serves on "));
  }

  @Test
  void the_second_of_two_is_refused(Servers servers) throws Exception {
    Server server = launch(Jdks.any().feature(), servers).with("slow-start", 8000).start();
    ProcessId old = server.serving();
    ControlSocket.await(runtimeDirectory, old);
    Load load = Loads.startWithKeepAlive(server);
    List<String> command = Newcomer.commandOf(server, old.pid());

    Newcomer first = Newcomer.start(server, command);
    server.awaitStderr("the first", line -> line.endsWith(first.pid() + " has asked to take over"));
    Newcomer late = Newcomer.start(server, command);
    late.assertRefused(
        "refused by pid "
            + old.pid()
            + ": one is under way already, pid "
            + first.pid()
            + " is starting");
    assertThat(lines(server, old.pid()))
        .contains(
            "takeover by pid "
                + late.pid()
                + ": restart refused: one is under way already, pid "
                + first.pid()
                + " is starting");
    first.awaitAnswer();
    assertThat(server.awaitExit(old, Server.LIMIT)).hasValue(0);
    Loads.assertNothingFailed(load.stop());
  }

  @Test
  void a_stale_pidfile_is_no_obstacle(Servers servers) throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Path file = Files.writeString(runtimeDirectory.resolve("app.pid"), ended.pid() + "\n");
    Server server =
        launch(Jdks.any().feature(), servers)
            .option("pidfile", file.toString())
            .option("takeover", file.toString())
            .start();

    assertThat(lines(server, server.serving().pid()))
        .containsExactly(
            "takeover="
                + file
                + ": there is no process "
                + ended.pid()
                + ": starting as a first generation");
    Await.untilAsserted(
        Server.LIMIT, () -> assertThat(file).hasContent(server.serving().pid() + "\n"));
    server.restart();
    assertThat(server.greet().generation()).isEqualTo(2);
    Generations.assertQuiet(server);
  }

  @Test
  void one_without_a_control_socket_serves_on(Servers servers) throws Exception {
    Server server = launch(Jdks.any().feature(), servers).option("control", "off").start();
    ProcessId old = server.serving();

    Newcomer newcomer = Newcomer.start(server, Newcomer.commandOf(server, old.pid()));
    newcomer.assertRefused(
        "pid "
            + old.pid()
            + " has no control socket: is it a Java process with -javaagent:graceful.jar (if not: attach)"
            + " and without control=off, has it run for a second, and what has it said on stderr?");
    assertThat(server.greet().pid()).isEqualTo(old.pid());
    assertThat(lines(server, old.pid())).isEmpty();
  }

  @Test
  void another_users_is_refused(Servers servers) throws Exception {
    Server server = launch(Jdks.any().feature(), servers).start();
    ProcessId old = server.serving();
    ControlSocket.await(runtimeDirectory, old);
    Path jar = Files.copy(servers.agentJar(), runtimeDirectory.resolve("graceful.jar"));
    Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
    Files.setPosixFilePermissions(runtimeDirectory, PosixFilePermissions.fromString("rwxr-xr-x"));
    // Whoever runs this: either the newcomer is another user's, or init is.
    boolean isRoot = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    long target = isRoot ? old.pid() : 1;
    List<String> command = new ArrayList<>();
    if (isRoot) {
      command.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
    }
    command.add(Jdks.any().java().toString());
    command.addAll(List.of("-javaagent:" + jar + "=takeover=" + target, "-version"));

    Newcomer newcomer = Newcomer.start(server, command);
    newcomer.assertRefused(
        "pid " + target + " belongs to user 0: run this as that user, or as root");
    assertThat(server.greet().pid()).isEqualTo(old.pid());
  }

  @Test
  void another_pid_namespace_is_refused_in_both_directions(Servers servers) throws Exception {
    Server server = launch(Jdks.any().feature(), servers).start();
    ProcessId old = server.serving();
    Path socket = ControlSocket.await(runtimeDirectory, old);

    Newcomer inside = Newcomer.start(server, contained(Newcomer.commandOf(server, socket)));
    assertThat(inside.status()).isEqualTo(70);
    assertThat(lines(server, 1))
        .containsExactly(
            "can't take over: pid "
                + old.pid()
                + " is in another pid namespace, and could not watch this process; exiting with 70");

    Process container = new ProcessBuilder(contained(List.of("sleep", "60"))).start();
    try {
      ProcessView outer = ProcessView.of(container.pid());
      Await.until("its process", Server.LIMIT, () -> !outer.children().isEmpty());
      long pid = outer.children().get(0).pid();
      Newcomer outside = Newcomer.start(server, Newcomer.commandOf(server, pid));
      outside.assertRefused(
          "pid "
              + pid
              + " is in another pid namespace, where it has another pid: run this in its container");
    } finally {
      container.destroyForcibly().waitFor();
    }
    assertThat(server.greet().pid()).isEqualTo(old.pid());
  }

  private static List<String> contained(List<String> command) {
    List<String> contained =
        new ArrayList<>(List.of("unshare", "--user", "--map-root-user", "--pid", "--fork"));
    contained.addAll(List.of("--mount-proc", "--kill-child"));
    contained.addAll(command);
    return contained;
  }

  private Launch launch(int jdk, Servers servers) throws IOException {
    Jdk found = Jdks.find(jdk);
    return servers
        .launch(Apps.HTTPSERVER, found)
        .option("soak", "200ms")
        .environment("XDG_RUNTIME_DIR", runtimeDirectory.toString());
  }

  /** What this process has written, without its name. */
  private static List<String> lines(Server server, long pid) {
    String name = "graceful[" + pid + "]: ";
    return server.stderr(line -> line.startsWith(name)).stream()
        .map(line -> line.substring(name.length()))
        .toList();
  }
}
