package io.graceful.it.load;

/** Asks for an answer that takes its time. */
final class SlowClient extends SingleRequestClient {
  private final int millis;

  SlowClient(Run run, Tally tally, int millis) {
    super(run, tally);
    this.millis = millis;
  }

  @Override
  void request(Connection connection) throws RequestFailed {
    String body = Request.get(connection, "/slow?ms=" + millis, Request.Afterwards.CLOSE).body();
    tally.answeredBy(Greeting.parse(body).pid());
  }
}
