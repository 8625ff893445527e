package io.graceful.drain;

import io.graceful.os.Libc;
import io.graceful.sockets.ListenerKey;
import io.graceful.sockets.OpenConnections;
import java.io.IOException;
import java.util.Collection;

/** Waits for connections until they end, whatever happens on them. */
public final class OpenDrain implements Drain {

  private final OpenConnections connections;

  /**
   * @param listeners whose connections to wait for
   */
  public OpenDrain(Libc libc, Collection<ListenerKey> listeners) {
    this.connections = new OpenConnections(libc, listeners);
  }

  @Override
  public Census look() throws IOException {
    return new Census(connections.scan(inode -> false).size(), 0);
  }
}
