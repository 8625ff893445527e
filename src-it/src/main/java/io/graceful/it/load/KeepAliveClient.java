package io.graceful.it.load;

/**
 * Keeps its connection between requests.
 *
 * <p>A blind client sends without looking whether the server has left in the meantime, as many
 * programs do: it loses the request when it has. The other kind looks first and opens another
 * connection, which only leaves the race between looking and sending.
 */
final class KeepAliveClient extends Client {
  private final int thinkMillis;
  private final boolean blind;
  private Connection connection;
  private String connectionName = "";

  KeepAliveClient(Run run, Tally tally, int thinkMillis, boolean blind) {
    super(run, tally);
    this.thinkMillis = thinkMillis;
    this.blind = blind;
  }

  @Override
  void request() throws RequestFailed {
    if (connection != null && !blind && connection.isLeftByServer()) {
      tally.reconnected();
      leave();
    }
    if (connection == null) {
      connectionName = "no connection";
      connection = run.connect(tally);
      connectionName = connection.localName();
    }
    Request.Answer answer = Request.get(connection, "/", Request.Afterwards.KEEP);
    tally.answeredBy(Greeting.parse(answer.body()).pid());
    if (answer.response().announcesClose()) {
      tally.closeAnnounced();
      leave();
    }
  }

  @Override
  String connectionName() {
    return connectionName;
  }

  @Override
  void afterSuccess() throws InterruptedException {
    run.pause(thinkMillis);
  }

  @Override
  void afterFailure() throws InterruptedException {
    leave();
    super.afterFailure();
  }

  @Override
  void leave() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }
}
