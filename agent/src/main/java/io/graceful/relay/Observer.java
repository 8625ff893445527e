package io.graceful.relay;

/** Whom a relayed connection tells what becomes of it. Called on the relay's thread. */
public interface Observer {

  /**
   * The client's next bytes begin a request at a boundary. They were not read, and nothing of the
   * client's is relayed until the owner says {@link Connection#release} or {@link
   * Connection#proceed}, now or later. If the app speaks meanwhile, this is called again when it
   * has finished.
   */
  void atBoundary(Connection connection);

  /** It is over, and the relay has closed its descriptors. Not called after a release. */
  void ended(Connection connection, End how);

  /**
   * A duplicate of the app's end of the pair, if the app still has it open; the relay closes it.
   * Wanted when the client has reset the connection: with it, the app can be shown a reset.
   *
   * @return or -1: then the app sees the end of the stream, unless it has sent something that is
   *     still unread
   */
  int appEnd(Connection connection);
}
