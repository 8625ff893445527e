package io.graceful.it;

import io.graceful.it.app.Server;
import io.graceful.it.load.Greeting;
import io.graceful.it.load.ManualClient;
import io.graceful.it.load.RequestFailed;

/** A request that the server is working on. */
final class SlowRequest implements AutoCloseable {
  private final ManualClient client;

  private SlowRequest(ManualClient client) {
    this.client = client;
  }

  /** Returns when the server has accepted it: connections that come later have been answered. */
  static SlowRequest send(Server server, int millis) throws RequestFailed {
    ManualClient client = ManualClient.connect(server.endpoint());
    client.send("/slow?ms=" + millis);
    for (int i = 0; i < 5; i++) {
      server.greet();
    }
    return new SlowRequest(client);
  }

  Greeting awaitAnswer() throws RequestFailed {
    return client.receiveGreeting();
  }

  @Override
  public void close() {
    client.close();
  }
}
