package io.graceful.it.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Counts what happens to a {@link Crowd}; its thread writes, others take reports. */
final class CrowdTally {
  private static final int EXAMPLES = 5;
  private static final long LONGEST_MICROS = TimeUnit.MINUTES.toMicros(10);

  private final Object lock = new Object();
  private final Map<Long, Integer> connectionsByAnswerer = new HashMap<>();
  private final Map<Failure, Long> failures = new EnumMap<>(Failure.class);
  private final List<FailedRequest> examples = new ArrayList<>();
  private final long[] longestWaits;
  private Histogram latencies = new Histogram(LONGEST_MICROS, 3);
  private long started;
  private long connected;
  private long closedWhileResting;
  private long lost;
  private long announcedCloses;
  private long delays;

  CrowdTally(int connections) {
    longestWaits = new long[connections];
  }

  void started() {
    synchronized (lock) {
      started++;
    }
  }

  void connected() {
    synchronized (lock) {
      connected++;
    }
  }

  /**
   * @param now by {@link System#nanoTime()}
   * @param pid who has answered
   */
  void answered(CrowdMember member, long now, long pid) {
    long before = member.lastAnsweredBy();
    synchronized (lock) {
      latencies.recordValue(micros(now - member.due()));
      longestWaits[member.number()] =
          Math.max(longestWaits[member.number()], micros(now - member.since()));
      if (before != pid) {
        connectionsByAnswerer.merge(before, -1, Integer::sum);
        connectionsByAnswerer.merge(pid, 1, Integer::sum);
      }
    }
  }

  void failed(FailedRequest failed) {
    synchronized (lock) {
      failures.merge(failed.failure(), 1L, Long::sum);
      addExample(failed);
    }
  }

  void closedWhileResting(FailedRequest closed) {
    synchronized (lock) {
      closedWhileResting++;
      addExample(closed);
    }
  }

  void lost() {
    synchronized (lock) {
      lost++;
    }
  }

  void closeAnnounced() {
    synchronized (lock) {
      announcedCloses++;
    }
  }

  void fellBehind() {
    synchronized (lock) {
      delays++;
    }
  }

  int connectionsAnsweredBy(long pid) {
    synchronized (lock) {
      return connectionsByAnswerer.getOrDefault(pid, 0);
    }
  }

  CrowdReport take() {
    synchronized (lock) {
      CrowdReport report =
          new CrowdReport(
              started,
              Map.copyOf(failures),
              closedWhileResting,
              connected,
              lost,
              announcedCloses,
              delays,
              latencies,
              histogramOf(longestWaits),
              List.copyOf(examples));
      latencies = new Histogram(LONGEST_MICROS, 3);
      Arrays.fill(longestWaits, 0);
      failures.clear();
      examples.clear();
      started = 0;
      connected = 0;
      closedWhileResting = 0;
      lost = 0;
      announcedCloses = 0;
      delays = 0;
      return report;
    }
  }

  private static long micros(long nanos) {
    return Math.min(LONGEST_MICROS, TimeUnit.NANOSECONDS.toMicros(nanos));
  }

  private static Histogram histogramOf(long[] values) {
    Histogram histogram = new Histogram(LONGEST_MICROS, 3);
    Arrays.stream(values).filter(value -> value > 0).forEach(histogram::recordValue);
    return histogram;
  }

  private void addExample(FailedRequest failed) {
    if (examples.stream().filter(one -> one.failure() == failed.failure()).count() < EXAMPLES) {
      examples.add(failed);
    }
  }
}
