package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.FailedRequest;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import io.graceful.it.load.ManualClient;
import io.graceful.it.load.Traffic;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * One of the two processes dies at any moment of the handover: the other one serves, and nothing is
 * lost but what the dead one had. A campaign: it takes long.
 */
@ExtendWith(ServersExtension.class)
class KilledInHandover {
  private static final int KILLS = Integer.getInteger("graceful.it.kills", 10);
  private static final long SEED = Long.getLong("graceful.it.seed", 4711);

  /** Far longer than any of the moments; the last restart is the only one that waits for it. */
  private static final String SOAK = "3s";

  @EachJdk
  void killed_successor_costs_only_what_it_had(int jdk, Servers servers) throws Exception {
    Server server = servers.launch(Apps.NETTY_EPOLL, Jdks.find(jdk)).option("soak", SOAK).start();
    ProcessId old = server.serving();
    Moments moments = new Moments(jdk);
    Load load = server.load().keepAlive(15, 20, false).keepAlive(15, 20, true).start();
    for (int kill = 1; kill <= KILLS; kill++) {
      long before = failed(load).size();
      long triggered = System.nanoTime();
      server.signal(Signal.SIGUSR2);
      ProcessId successor = awaitSpawned(server, old);
      String moment = moments.await(kill, server, old, triggered);
      successor.signal(Signal.SIGKILL);
      long killed = System.nanoTime();
      server.awaitStderr(
          "the failure of " + successor,
          line -> line.contains("restart failed") && line.contains("pid " + successor.pid() + " "));
      awaitAnswers(load);
      assertThat(server.greet().pid()).as("after %s", moment).isEqualTo(old.pid());
      assertThat(failed(load).stream().skip(before))
          .as("failures in round %d, killed %s", kill, moment)
          .allMatch(wasWith(successor).or(wasInFlight(killed)));
    }
    LoadReport report = load.stop();
    System.out.printf("%d successors killed%n%s%n", KILLS, report);
    Restart restart = server.restart();
    assertThat(restart.exitStatus()).hasValue(0);
    Generations.assertOneIsLeft(server);
  }

  @EachJdk
  void killed_predecessor_costs_only_what_it_had(int jdk, Servers servers) throws Exception {
    Server server = servers.launch(Apps.NETTY_EPOLL, Jdks.find(jdk)).option("soak", SOAK).start();
    Moments moments = new Moments(jdk + 1);
    Load load = server.load().keepAlive(15, 20, false).keepAlive(15, 20, true).start();
    for (int kill = 1; kill <= KILLS; kill++) {
      long before = failed(load).size();
      long triggered = System.nanoTime();
      ProcessId old = server.serving();
      server.signal(Signal.SIGUSR2);
      ProcessId successor = awaitSpawned(server, old);
      String moment = moments.await(kill, server, old, triggered);
      old.signal(Signal.SIGKILL);
      long killed = System.nanoTime();
      server.awaitAnswerBy(successor);
      server.awaitExit(old, Server.LIMIT);
      awaitAnswers(load);
      // Where it was killed early, nobody listened for a moment: those had no connection to lose.
      Predicate<FailedRequest> hadNone = failed -> failed.lastAnsweredBy() == 0;
      assertThat(failed(load).stream().skip(before))
          .as("failures in round %d, killed %s", kill, moment)
          .allMatch(wasWith(old).or(wasInFlight(killed)).or(hadNone));
      List<FailedRequest> soFar = failed(load);
      awaitAnswers(load);
      assertThat(failed(load)).as("after %s alone has answered", successor).isEqualTo(soFar);
    }
    LoadReport report = load.stop();
    System.out.printf("%d predecessors killed%n%s%n", KILLS, report);
    assertThat(server.starts()).hasSize(KILLS + 1);
    Generations.assertOneIsLeft(server);
  }

  /** Those that were waiting for an answer of the old process: they can't have moved. */
  @EachJdk
  void crash_after_the_takeover_leaves_what_had_not_moved(int jdk, Servers servers)
      throws Exception {
    Server server =
        servers
            .launch(Apps.THREADS, Jdks.find(jdk))
            .option("soak", "10s")
            .with("crash-from", 2)
            .start();
    ProcessId old = server.serving();
    List<ManualClient> waiting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ManualClient client = ManualClient.connect(server.endpoint());
      Exchanges.askWho(client, 1);
      waiting.add(client);
    }
    Load load = server.load().keepAlive(10, 20, false).keepAlive(10, 20, true).start();
    Restart crashing = server.beginRestart();
    ProcessId successor = crashing.awaitSuccessor();
    for (ManualClient client : waiting) {
      client.send("/slow?ms=4000");
    }
    crashing.awaitHandover();
    awaitAnswers(load);
    Files.createFile(server.state("crash"));
    server.awaitExit(successor, Server.LIMIT);
    long crashed = System.nanoTime();
    server.awaitStderr("the way back", line -> line.contains("serving again on"));
    awaitAnswers(load);
    assertThat(failed(load)).allMatch(wasWith(successor).or(wasInFlight(crashed)));
    for (ManualClient client : waiting) {
      assertThat(client.receiveGreeting().pid()).isEqualTo(old.pid());
      assertThat(Exchanges.askWho(client, 2)).isEqualTo(old.pid());
      client.close();
    }
    load.stop();
    assertThat(server.greet().pid()).isEqualTo(old.pid());
  }

  /** A connection that had moved to this process, or had not moved away from it. */
  private static Predicate<FailedRequest> wasWith(ProcessId dead) {
    return failed -> failed.lastAnsweredBy() == dead.pid();
  }

  /** Nobody outside can tell in which of the two it was. */
  private static Predicate<FailedRequest> wasInFlight(long moment) {
    return failed -> failed.begun() - moment < 0;
  }

  private static List<FailedRequest> failed(Load load) {
    LoadReport report = load.snapshot();
    List<FailedRequest> failed = new ArrayList<>(report.of(Traffic.KEEP_ALIVE).failedRequests());
    failed.addAll(report.of(Traffic.BLIND_KEEP_ALIVE).failedRequests());
    return failed;
  }

  /** As long as it takes for each client to be answered some times. */
  private static void awaitAnswers(Load load) {
    long before = load.snapshot().succeeded();
    Await.until(
        "300 more answers", Server.LIMIT, () -> load.snapshot().succeeded() >= before + 300);
  }

  /**
   * The process that a restart has started. A signal that comes too soon after the last restart is
   * refused, so it is sent again then.
   */
  private static ProcessId awaitSpawned(Server server, ProcessId old) {
    String speaker = "graceful[" + old.pid() + "]: ";
    Predicate<String> isRefusal =
        line -> line.startsWith(speaker) && line.contains("restart refused");
    int[] refusals = {server.stderr(isRefusal).size()};
    return Await.value(
        "a new process",
        Server.LIMIT,
        () -> {
          if (server.stderr(isRefusal).size() > refusals[0]) {
            refusals[0]++;
            old.signal(Signal.SIGUSR2);
          }
          return lastSpawned(server, speaker + "restart: started pid ");
        });
  }

  /** Empty if that one is gone. */
  private static Optional<ProcessId> lastSpawned(Server server, String beginning) {
    return server.stderr(line -> line.startsWith(beginning)).stream()
        .reduce((first, second) -> second)
        .map(line -> Long.parseLong(line.substring(beginning.length())))
        .flatMap(server.family()::member);
  }

  /**
   * Moments between the start of the new process and the end of its takeover, by chance. The first
   * one is just after the handover, and tells how long this machine takes.
   */
  private static final class Moments {
    private final SplittableRandom random;
    private long takeoverNanos;

    Moments(int salt) {
      random = new SplittableRandom(SEED + salt);
    }

    /** Returns when it is time; says when that was. */
    String await(int number, Server server, ProcessId old, long triggered) {
      if (number == 1) {
        server.awaitStderr(
            "the handover",
            line -> line.startsWith("graceful[" + old.pid() + "]: handed over to pid "));
        takeoverNanos = System.nanoTime() - triggered;
        return "just after the handover";
      }
      long moment = (long) (takeoverNanos * 1.5 * random.nextDouble());
      for (long left = moment; left > 0; left = triggered + moment - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      return TimeUnit.NANOSECONDS.toMillis(moment)
          + " ms after the signal, of "
          + TimeUnit.NANOSECONDS.toMillis(takeoverNanos)
          + " that the first takeover took";
    }
  }
}
