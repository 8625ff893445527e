package io.graceful.it.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What all clients of a load share: the server, the limits, and the moment to stop. */
final class Run {
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Endpoint endpoint;
  private final int connectMillis;
  private final int readMillis;

  Run(Endpoint endpoint, int connectMillis, int readMillis) {
    this.endpoint = endpoint;
    this.connectMillis = connectMillis;
    this.readMillis = readMillis;
  }

  void stop() {
    stopped.countDown();
  }

  boolean isStopped() {
    return stopped.getCount() == 0;
  }

  /** Waits until a moment of {@link System#nanoTime()}; returns early when the load stops. */
  void pauseUntil(long nanoTime) throws InterruptedException {
    long left = nanoTime - System.nanoTime();
    if (left > 0) {
      stopped.await(left, TimeUnit.NANOSECONDS);
    }
  }

  void pause(long millis) throws InterruptedException {
    stopped.await(millis, TimeUnit.MILLISECONDS);
  }

  Connection connect(Tally tally) throws RequestFailed {
    Connection connection = endpoint.open(connectMillis, readMillis);
    tally.connected();
    return connection;
  }
}
