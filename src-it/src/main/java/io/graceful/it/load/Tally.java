package io.graceful.it.load;

import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Counts what happens to the requests of one kind of traffic; its clients write it, anyone may take
 * a snapshot.
 */
final class Tally {
  /** More than anybody wants to read; a dead server gives thousands. */
  private static final int KEPT = 1000;

  private final Object lock = new Object();
  private final Map<Failure, Long> failures = new EnumMap<>(Failure.class);
  private final List<FailedRequest> failedRequests = new ArrayList<>();
  private final Map<Long, Long> pids = new TreeMap<>();
  private final Histogram latencies = new Histogram(TimeUnit.MINUTES.toMicros(10), 3);
  private final int clients;
  private long started;
  private long succeeded;
  private long connections;
  private long reconnects;
  private long announcedCloses;
  private long replacements;

  /**
   * @param clients that share it
   */
  Tally(int clients) {
    this.clients = clients;
  }

  void started() {
    synchronized (lock) {
      started++;
    }
  }

  void succeeded(long nanos) {
    synchronized (lock) {
      succeeded++;
      latencies.recordValue(
          Math.min(TimeUnit.NANOSECONDS.toMicros(nanos), latencies.getHighestTrackableValue()));
    }
  }

  /**
   * @param begun by {@link System#nanoTime()}
   */
  void failed(RequestFailed failed, long begun, String connection, long lastAnsweredBy) {
    synchronized (lock) {
      long before = failures.merge(failed.failure(), 1L, Long::sum) - 1;
      if (before < KEPT) {
        failedRequests.add(
            new FailedRequest(
                LocalTime.now().truncatedTo(ChronoUnit.MILLIS),
                begun,
                System.nanoTime(),
                failed.failure(),
                connection,
                lastAnsweredBy,
                failed.getMessage()));
      }
    }
  }

  void connected() {
    synchronized (lock) {
      connections++;
    }
  }

  void reconnected() {
    synchronized (lock) {
      reconnects++;
    }
  }

  void closeAnnounced() {
    synchronized (lock) {
      announcedCloses++;
    }
  }

  /** A connection was opened in the place of one whose close had been announced. */
  void replaced() {
    synchronized (lock) {
      replacements++;
    }
  }

  void answeredBy(long pid) {
    synchronized (lock) {
      pids.merge(pid, 1L, Long::sum);
    }
  }

  TrafficReport snapshot() {
    synchronized (lock) {
      return new TrafficReport(
          started,
          succeeded,
          Collections.unmodifiableMap(new EnumMap<>(failures)),
          List.copyOf(failedRequests),
          Collections.unmodifiableMap(new TreeMap<>(pids)),
          clients,
          connections,
          reconnects,
          announcedCloses,
          replacements,
          latencies.copy());
    }
  }
}
