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
import io.graceful.it.jvm.JdkCopy;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A successor that fails costs nothing: the old process serves on, says why once, and can be asked
 * again.
 */
@ExtendWith(ServersExtension.class)
class FailedSuccessorIT {
  @EachJdk
  void successor_that_exits_before_it_is_ready(int jdk, Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(jdk))
            .with("exit-from", 2)
            .with("exit-code", 3)
            .start();
    assertOnlyTheOldOneAnswered(
        server, servesOnAfterFailedRestart(server, "exited with 3", server::forgetStarts));
  }

  @EachJdk
  void successor_that_hangs_is_killed_at_the_deadline(int jdk, Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(jdk))
            .option("ready.timeout", "3s")
            .with("hang-from", 2)
            .start();
    assertOnlyTheOldOneAnswered(
        server, servesOnAfterFailedRestart(server, "ready", server::forgetStarts));
  }

  @EachJdk
  void successor_that_leaves_a_listener_unclaimed(int jdk, Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.TWO, Jdks.find(jdk))
            .option("ready.timeout", "3s")
            .with("fewer-from", 2)
            .start();
    ProcessId old = server.serving();
    LoadReport report =
        servesOnAfterFailedRestart(server, server.argument("admin"), server::forgetStarts);
    // It accepts from the shared queue as soon as it has bound the first port, so it may answer
    // until it is taken back.
    assertThat(report.pids()).contains(old.pid());
  }

  @EachJdk
  void successor_that_exits_after_it_has_bound(int jdk, Servers servers) throws Exception {
    Server server =
        servers.launch(Apps.HTTPSERVER, Jdks.find(jdk)).with("exit-bound-from", 2).start();
    assertOnlyTheOldOneAnswered(
        server, servesOnAfterFailedRestart(server, "exited with 5", server::forgetStarts));
  }

  @EachJdk
  void java_that_can_not_be_executed(int jdk, Servers servers) throws Exception {
    JdkCopy copy = JdkCopy.of(Jdks.find(jdk), servers.directory().resolve("jdk"));
    Server server = launchIn("app", servers, copy.jdk()).start();
    copy.setPermissions("rw-r--r--");
    assertOnlyTheOldOneAnswered(
        server, servesOnAfterFailedRestart(server, copy.jdk().java().toString(), copy::restore));
  }

  @EachJdk
  void current_jdk_that_is_switched_to_a_broken_one(int jdk, Servers servers) throws Exception {
    Jdk good = Jdks.find(jdk);
    Path current = servers.directory().resolve("current");
    Path broken = servers.directory().resolve("broken");
    JdkCopy.of(good, broken).replaceBy("echo 'error: libjvm.so is missing' >&2\nexit 1");

    switchLink(current, good.home());
    Server server = launchIn("app", servers, good.movedTo(current)).start();
    switchLink(current, broken);
    assertOnlyTheOldOneAnswered(
        server,
        servesOnAfterFailedRestart(
            server, "exited with 1", () -> switchLink(current, good.home())));
  }

  @EachJdk
  void successor_that_crashes_while_it_is_watched(int jdk, Servers servers) throws Exception {
    Server server =
        servers
            .launch(Apps.HTTPSERVER, Jdks.find(jdk))
            .option("soak", "3s")
            .with("crash-from", 2)
            .start();
    ProcessId old = server.serving();
    List<String> descriptors = Settled.descriptorsAfterLoad(server);
    Map<Integer, String> listeners = server.view().listeners();
    Load load = Loads.start(server);
    Restart crashing = server.beginRestart();
    ProcessId successor = crashing.awaitSuccessor();
    crashing.awaitHandover();
    Files.createFile(server.state("crash"));
    server.awaitExit(successor, Server.LIMIT);
    Await.untilAsserted(
        Settled.LIMIT, () -> assertThat(server.view().listeners()).isEqualTo(listeners));
    LoadReport afterTheCrash = load.snapshot();
    Await.until(
        "200 answers after the crash",
        Server.LIMIT,
        () -> load.snapshot().succeeded() > afterTheCrash.succeeded() + 200);
    LoadReport report = load.stop();

    // What was in the process that crashed is lost; new connections that begin after that must not
    // be.
    long late = report.failed() - afterTheCrash.failed();
    assertThat(late).as("failures after the listeners were back%n%s", report).isZero();
    assertThat(server.greet().pid()).isEqualTo(old.pid());
    assertOneFailureIsReported(server, old, "exited with 6", "serving again on ");
    assertAsBefore(server, old, descriptors);

    Files.delete(server.state("crash"));
    Restart restart = server.restart();
    assertThat(restart.exitStatus()).hasValue(0);
  }

  private static LoadReport servesOnAfterFailedRestart(
      Server server, String reason, Runnable removeTheCause) throws Exception {
    ProcessId old = server.serving();
    List<String> descriptors = Settled.descriptorsAfterLoad(server);
    Load load = Loads.start(server);
    server.signal(Signal.SIGUSR2);
    server.awaitStderr("the failure", FailedSuccessorIT::isFailure);
    LoadReport atTheFailure = load.snapshot();
    Await.until(
        "200 more answers",
        Server.LIMIT,
        () -> load.snapshot().succeeded() > atTheFailure.succeeded() + 200);
    LoadReport report = load.stop();

    Loads.assertNothingFailed(report);
    assertOneFailureIsReported(server, old, reason, "still serving on ");
    assertAsBefore(server, old, descriptors);

    removeTheCause.run();
    Restart restart = server.restart();
    assertThat(restart.exitStatus()).hasValue(0);
    assertThat(server.greet().pid()).isEqualTo(restart.successor().pid());
    Generations.assertOneIsLeft(server);
    return report;
  }

  private static void assertOnlyTheOldOneAnswered(Server server, LoadReport report) {
    assertThat(report.pids()).containsExactly(server.family().first().pid());
  }

  private static boolean isFailure(String line) {
    return line.startsWith("graceful[") && line.contains("restart failed");
  }

  private static void assertOneFailureIsReported(
      Server server, ProcessId old, String reason, String consequence) {
    assertThat(server.stderr(FailedSuccessorIT::isFailure))
        .singleElement()
        .asString()
        .startsWith("graceful[" + old.pid() + "]: ")
        .contains(reason)
        .containsPattern(consequence + ".*127\\.0\\.0\\.1:" + server.port() + "\\b");
  }

  private static void assertAsBefore(Server server, ProcessId old, List<String> descriptors) {
    assertThat(server.stops()).doesNotContain(old.pid());
    Await.untilAsserted(
        Settled.LIMIT,
        () -> {
          assertThat(server.family().alive()).containsExactly(old);
          assertThat(server.family().zombies()).isEmpty();
          assertThat(server.view().descriptors()).isEqualTo(descriptors);
        });
  }

  private static Launch launchIn(String directory, Servers servers, Jdk jdk) throws IOException {
    return servers
        .launch(Apps.HTTPSERVER, jdk)
        .workingDirectory(Files.createDirectories(servers.directory().resolve(directory)));
  }

  /** Atomically, as deployments do it. */
  private static void switchLink(Path link, Path target) {
    try {
      Path next = link.resolveSibling(link.getFileName() + ".next");
      Files.createSymbolicLink(next, target);
      Files.move(next, link, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
