package io.graceful.it.scale;

import io.graceful.it.app.App;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.jvm.ProcessView;
import io.graceful.it.load.Crowd;
import io.graceful.it.load.CrowdReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/** A server with the agent, and a crowd of clients whose connections are to outlive it. */
public final class CrowdedServer implements AutoCloseable {
  private static final Duration CONNECTED_WITHIN = Duration.ofMinutes(2);

  /** Besides the time after which each connection's turn comes. */
  private static final Duration MOVED_WITHIN = Duration.ofSeconds(60);

  private final Server server;
  private final Crowd crowd;
  private final int connections;
  private final Duration turn;

  private CrowdedServer(Server server, Crowd crowd, int connections, double perSecond) {
    this.server = server;
    this.crowd = crowd;
    this.connections = connections;
    this.turn = Duration.ofMillis((long) (1000 * connections / perSecond));
  }

  /** Returns when each connection is open, and has been used. */
  public static CrowdedServer start(
      App app, Jdk jdk, Path agent, Path directory, int connections, double perSecond)
      throws IOException {
    Server server =
        Launch.of(app, jdk, directory)
            .agent(agent)
            .option("soak", "100ms")
            .option("log.level", "debug")
            .jvm("-Xmx512m")
            .start();
    try {
      InetSocketAddress address = new InetSocketAddress("127.0.0.1", server.port());
      Crowd crowd = Crowd.against(address, connections, perSecond);
      CrowdedServer crowded = new CrowdedServer(server, crowd, connections, perSecond);
      Await.until("the arrival of the crowd", CONNECTED_WITHIN, crowd::isComplete);
      crowded.awaitAnswersBy(server.serving().pid(), () -> {});
      crowd.report();
      return crowded;
    } catch (Throwable e) {
      server.close();
      throw e;
    }
  }

  /** Lets the crowd ask for some time, without a restart. */
  public CrowdReport rest(Duration time) throws InterruptedException {
    crowd.report();
    Thread.sleep(time.toMillis());
    return crowd.report();
  }

  /** Returns when every connection was answered by the new process, and the old one is gone. */
  public Figures restart() {
    crowd.report();
    Memory memory = new Memory(server.serving());
    Restart restart = server.beginRestart();
    restart.awaitSuccessor();
    restart.awaitAnswer();
    restart.awaitHandover();
    long handedOver = System.nanoTime();
    memory.look();
    awaitAnswersBy(restart.successor().pid(), memory::look);
    Duration moving = Duration.ofNanos(System.nanoTime() - handedOver);
    restart.awaitPredecessorGone();
    String who = "graceful[" + restart.predecessor().pid() + "]: ";
    return new Figures(
        crowd.report(),
        connections,
        moving,
        said(who + "drained in "),
        said(who + "connections were on their way "),
        memory.growth());
  }

  private String said(String beginning) {
    return server.stderr(line -> line.startsWith(beginning)).stream().findFirst().orElse("");
  }

  @Override
  public void close() {
    crowd.close();
    server.close();
  }

  private void awaitAnswersBy(long pid, Runnable meanwhile) {
    try {
      Await.until(
          "an answer by " + pid + " on each connection",
          turn.plus(MOVED_WITHIN),
          () -> {
            meanwhile.run();
            return crowd.connectionsAnsweredBy(pid) == connections;
          });
    } catch (AssertionError late) {
      throw new AssertionError(
          late.getMessage()
              + ": on "
              + crowd.connectionsAnsweredBy(pid)
              + " of "
              + connections
              + "; "
              + crowd.report(),
          late);
    }
  }

  /** The resident memory of a process that may end at any time. */
  private static final class Memory {
    private final ProcessId process;
    private final long before;
    private long most;

    Memory(ProcessId process) {
      this.process = process;
      this.before = kilobytes();
      this.most = before;
    }

    void look() {
      try {
        most = Math.max(most, kilobytes());
      } catch (UncheckedIOException | NumberFormatException gone) {
        // There will be nothing more to see.
      }
    }

    /** In MB. */
    long growth() {
      return (most - before) / 1024;
    }

    private long kilobytes() {
      return Long.parseLong(ProcessView.of(process.pid()).status("VmRSS").split(" ")[0]);
    }
  }

  /**
   * What a restart was like.
   *
   * @param moving from the handover to the first answer of the new process on the last connection;
   *     each connection has to wait for its turn in it
   * @param drained what the old process said of it
   * @param onTheWay what it said of the time from its last byte on a connection until the new
   *     process's application had accepted it
   * @param growth of the old process's memory while it relayed, in MB
   */
  public record Figures(
      CrowdReport clients,
      int connections,
      Duration moving,
      String drained,
      String onTheWay,
      long growth) {
    public long kept() {
      return connections - clients.lost();
    }

    public boolean isClean() {
      return clients.isClean();
    }

    /** From the handover to the last connection, as the old process saw it; -1 if it didn't say. */
    public long drainMillis() {
      return number(drained, ".* drained in (\\d+) ms.*");
    }

    /** How long a connection was without either process at most, as the old one saw it; or -1. */
    public long awayMillis() {
      return number(onTheWay, ".* at most (\\d+) ms");
    }

    private static long number(String line, String pattern) {
      return line.matches(pattern) ? Long.parseLong(line.replaceAll(pattern, "$1")) : -1;
    }
  }
}
