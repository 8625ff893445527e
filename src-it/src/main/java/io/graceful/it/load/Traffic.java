package io.graceful.it.load;

/** A way of talking to the server; each kind can be hurt by a restart in its own way. */
public enum Traffic {
  /**
   * A new connection for every request, at a fixed rate: finds refused connections and lost accept
   * queues.
   */
  CONNECTION_PER_REQUEST,
  /**
   * Many requests on one connection, with pauses in between: finds connections that are closed
   * under the client.
   */
  KEEP_ALIVE,
  /**
   * The same by clients that send without looking whether the server has left: each connection that
   * is closed under them is a request lost.
   */
  BLIND_KEEP_ALIVE,
  /** The server takes its time: finds requests that are cut because nobody waited for them. */
  SLOW,
  /** The client takes its time to send a body. */
  UPLOAD,
  /** The server takes its time to send a body. */
  DOWNLOAD;

  /** Whether its clients open another connection only when they have lost the one they had. */
  public boolean keepsConnections() {
    return this == KEEP_ALIVE || this == BLIND_KEEP_ALIVE;
  }
}
