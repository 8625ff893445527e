package io.graceful.it.load;

/** A client of the load: does one thing again and again until the load stops. */
abstract class Client implements Runnable {
  /**
   * Between a failure and the next try, so that a dead server isn't counted as a million failures.
   */
  private static final int PAUSE_AFTER_FAILURE_MILLIS = 10;

  final Run run;
  final Tally tally;

  Client(Run run, Tally tally) {
    this.run = run;
    this.tally = tally;
  }

  @Override
  public final void run() {
    try {
      enter();
      while (isDue()) {
        attempt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      leave();
    }
  }

  /** Called once in the client's thread, before anything else. */
  void enter() {}

  /** Waits for the time of the next request; false when there is none. */
  boolean isDue() throws InterruptedException {
    return !run.isStopped();
  }

  /** When the next request should have begun, by {@link System#nanoTime()}. */
  long dueTime() {
    return System.nanoTime();
  }

  /** Makes one request, and checks all there is to check about the response. */
  abstract void request() throws RequestFailed, InterruptedException;

  /** The connection of the last request, for the report. */
  abstract String connectionName();

  /** The process that answered the request before on the same connection; 0 if there was none. */
  long lastAnsweredBy() {
    return 0;
  }

  void afterSuccess() throws InterruptedException {}

  void afterFailure() throws InterruptedException {
    run.pause(PAUSE_AFTER_FAILURE_MILLIS);
  }

  void leave() {}

  private void attempt() throws InterruptedException {
    long due = dueTime();
    tally.started();
    try {
      request();
      tally.succeeded(System.nanoTime() - due);
      afterSuccess();
    } catch (RequestFailed e) {
      tally.failed(e, due, connectionName(), lastAnsweredBy());
      afterFailure();
    } catch (RuntimeException e) {
      tally.failed(
          new RequestFailed(Failure.UNEXPECTED, "the client is broken: " + e),
          due,
          connectionName(),
          lastAnsweredBy());
      afterFailure();
    }
  }
}
