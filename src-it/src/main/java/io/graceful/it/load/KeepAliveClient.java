package io.graceful.it.load;

import io.graceful.it.jvm.Niceness;
import java.util.SplittableRandom;

/**
 * Keeps its connection between requests, and makes sure that each answer is its own: the server has
 * to repeat the number of the request, and to know the port that it came from.
 *
 * <p>A blind client sends without looking whether the server has left in the meantime, as many
 * programs do: it loses the request when it has. The other kind looks first and opens another
 * connection, which only leaves the race between looking and sending.
 */
final class KeepAliveClient extends Client {
  private final SplittableRandom random;
  private final int mostThinkMillis;
  private final boolean blind;
  private Connection connection;
  private String connectionName = "";
  private boolean closeWasAnnounced;
  private long requests;
  private long lastAnsweredBy;

  /**
   * @param mostThinkMillis between a response and the next request: a random time up to this
   */
  KeepAliveClient(Run run, Tally tally, int mostThinkMillis, boolean blind, long seed) {
    super(run, tally);
    this.random = new SplittableRandom(seed);
    this.mostThinkMillis = mostThinkMillis;
    this.blind = blind;
  }

  /**
   * Some dozens that hardly think ask for more than any server can give, and a successor that
   * starts in the middle of that would take a minute.
   */
  @Override
  void enter() {
    Niceness.giveWay();
  }

  @Override
  void request() throws RequestFailed {
    if (connection != null && !blind && connection.isLeftByServer()) {
      tally.reconnected();
      leave();
    }
    if (connection == null) {
      connect();
    }
    requests++;
    Request.Answer answer =
        Request.get(connection, "/peer?tag=" + requests, Request.Afterwards.KEEP);
    Greeting greeting = Greeting.parse(answer.body(), connection.localPort(), requests);
    lastAnsweredBy = greeting.pid();
    tally.answeredBy(lastAnsweredBy);
    if (answer.response().announcesClose()) {
      tally.closeAnnounced();
      closeWasAnnounced = true;
      leave();
    }
  }

  @Override
  String connectionName() {
    return connectionName;
  }

  @Override
  long lastAnsweredBy() {
    return lastAnsweredBy;
  }

  @Override
  void afterSuccess() throws InterruptedException {
    run.pause(random.nextInt(mostThinkMillis + 1));
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

  private void connect() throws RequestFailed {
    connectionName = "no connection";
    lastAnsweredBy = 0;
    connection = run.connect(tally);
    connectionName = connection.localName();
    if (closeWasAnnounced) {
      tally.replaced();
      closeWasAnnounced = false;
    }
  }
}
