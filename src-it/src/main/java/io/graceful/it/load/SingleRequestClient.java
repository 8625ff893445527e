package io.graceful.it.load;

/** A client that opens a connection for every request. */
abstract class SingleRequestClient extends Client {
  private String connectionName = "";

  SingleRequestClient(Run run, Tally tally) {
    super(run, tally);
  }

  abstract void request(Connection connection) throws RequestFailed, InterruptedException;

  @Override
  final void request() throws RequestFailed, InterruptedException {
    connectionName = "no connection";
    try (Connection connection = run.connect(tally)) {
      connectionName = connection.localName();
      request(connection);
    }
  }

  @Override
  final String connectionName() {
    return connectionName;
  }
}
