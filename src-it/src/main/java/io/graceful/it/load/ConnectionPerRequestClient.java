package io.graceful.it.load;

/** One of the clients that share a pace of GETs, each on a new connection. */
final class ConnectionPerRequestClient extends SingleRequestClient {
  private final Pace pace;
  private long due;

  ConnectionPerRequestClient(Run run, Tally tally, Pace pace) {
    super(run, tally);
    this.pace = pace;
  }

  @Override
  boolean isDue() throws InterruptedException {
    due = pace.take();
    run.pauseUntil(due);
    return super.isDue();
  }

  @Override
  long dueTime() {
    return due;
  }

  @Override
  void afterFailure() {
    // The pace is pause enough, and must be kept.
  }

  @Override
  void request(Connection connection) throws RequestFailed {
    String body = Request.get(connection, "/", Request.Afterwards.CLOSE).body();
    tally.answeredBy(Greeting.parse(body).pid());
  }
}
