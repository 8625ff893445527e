package io.graceful.it.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A load in progress.
 *
 * <pre>{@code
 * Load load = Load.against("127.0.0.1", port).connectionPerRequest(200).slow(4, 300).start();
 * ...
 * LoadReport report = load.stop();
 * }</pre>
 */
public final class Load implements AutoCloseable {
  private final String endpoint;
  private final Run run;
  private final Map<Traffic, Tally> tallies;
  private final List<Thread> threads = new ArrayList<>();
  private final long startNanos = System.nanoTime();
  private final Duration longestRequest;
  private LoadReport last;

  private Load(Plan plan, Run run, Map<Traffic, Tally> tallies, List<Client> clients) {
    this.endpoint = plan.endpoint.toString();
    this.run = run;
    this.tallies = tallies;
    this.longestRequest =
        Duration.ofMillis(plan.longestMillis + plan.connectMillis + plan.readMillis);
    for (Client client : clients) {
      Thread thread =
          new Thread(client, "load-" + client.getClass().getSimpleName() + "-" + threads.size());
      thread.setDaemon(true);
      threads.add(thread);
    }
    threads.forEach(Thread::start);
  }

  public static Plan against(String host, int port) {
    return against(Endpoint.tcp(host, port));
  }

  public static Plan against(Endpoint endpoint) {
    return new Plan(endpoint);
  }

  /** What has been seen up to now; the load goes on. */
  public LoadReport snapshot() {
    Map<Traffic, TrafficReport> reports = new EnumMap<>(Traffic.class);
    tallies.forEach((traffic, tally) -> reports.put(traffic, tally.snapshot()));
    return new LoadReport(endpoint, Duration.ofNanos(System.nanoTime() - startNanos), reports);
  }

  /**
   * Begins no more requests, lets those in flight end, and reports.
   *
   * @throws IllegalStateException if a request doesn't end within the limits that each of its steps
   *     has
   */
  public LoadReport stop() {
    if (last == null) {
      run.stop();
      joinAll();
      last = snapshot();
    }
    return last;
  }

  @Override
  public void close() {
    stop();
  }

  private void joinAll() {
    long deadline = System.nanoTime() + longestRequest.toNanos();
    try {
      for (Thread thread : threads) {
        thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
        if (thread.isAlive()) {
          throw new IllegalStateException(
              thread.getName() + " didn't end within " + longestRequest + ": " + snapshot());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the last requests were ending", e);
    }
  }

  /** What a load shall consist of. */
  public static final class Plan {
    private static final int SEED = 4711;

    private final Endpoint endpoint;
    private final Map<Traffic, Function<Run, List<Client>>> traffic = new EnumMap<>(Traffic.class);
    private final Map<Traffic, Tally> tallies = new EnumMap<>(Traffic.class);
    private int connectMillis = 5_000;
    private int readMillis = 30_000;
    private long longestMillis;

    private Plan(Endpoint endpoint) {
      this.endpoint = endpoint;
    }

    /** GETs, each on a new connection, {@code perSecond} in all. */
    public Plan connectionPerRequest(double perSecond) {
      // A stall of this many requests keeps the pace; a longer one shows in the latencies.
      int clients = (int) Math.min(128, Math.max(8, perSecond / 4));
      return add(
          Traffic.CONNECTION_PER_REQUEST,
          clients,
          (run, tally) -> {
            Pace pace = new Pace(perSecond);
            return i -> new ConnectionPerRequestClient(run, tally, pace);
          });
    }

    /**
     * @param mostThinkMillis between a response and the next request: a random time up to this
     * @param blind whether to send without looking first: see {@link KeepAliveClient}
     */
    public Plan keepAlive(int clients, int mostThinkMillis, boolean blind) {
      return add(
          blind ? Traffic.BLIND_KEEP_ALIVE : Traffic.KEEP_ALIVE,
          clients,
          (run, tally) -> i -> new KeepAliveClient(run, tally, mostThinkMillis, blind, SEED + i));
    }

    public Plan slow(int clients, int millis) {
      longestMillis = Math.max(longestMillis, millis);
      return add(Traffic.SLOW, clients, (run, tally) -> i -> new SlowClient(run, tally, millis));
    }

    /** Uploads of {@code bytes} that take {@code millis} each. */
    public Plan uploads(int clients, int bytes, int millis) {
      longestMillis = Math.max(longestMillis, millis);
      return add(
          Traffic.UPLOAD,
          clients,
          (run, tally) -> i -> new UploadClient(run, tally, bytes, millis, SEED + i));
    }

    /** Downloads of {@code bytes} that take {@code millis} each. */
    public Plan downloads(int clients, long bytes, int millis) {
      longestMillis = Math.max(longestMillis, millis);
      return add(
          Traffic.DOWNLOAD,
          clients,
          (run, tally) -> i -> new DownloadClient(run, tally, bytes, millis));
    }

    /**
     * How long a connection may take, and how long each read may wait for a byte; 5 s and 30 s if
     * not given.
     */
    public Plan limits(int connectMillis, int readMillis) {
      this.connectMillis = connectMillis;
      this.readMillis = readMillis;
      return this;
    }

    public Load start() {
      Run run = new Run(endpoint, connectMillis, readMillis);
      List<Client> clients = new ArrayList<>();
      traffic.values().forEach(kind -> clients.addAll(kind.apply(run)));
      return new Load(this, run, tallies, clients);
    }

    private Plan add(Traffic kind, int clients, Kind clientsOf) {
      Tally tally = new Tally(clients);
      if (tallies.put(kind, tally) != null) {
        throw new IllegalArgumentException(kind + " was given twice");
      }
      traffic.put(
          kind, run -> IntStream.range(0, clients).mapToObj(clientsOf.start(run, tally)).toList());
      return this;
    }

    private interface Kind {
      /** What makes a client of its number, once the run has begun. */
      IntFunction<Client> start(Run run, Tally tally);
    }
  }
}
