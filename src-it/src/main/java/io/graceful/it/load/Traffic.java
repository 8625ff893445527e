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
  /** The server takes its time: finds requests that are cut because nobody waited for them. */
  SLOW,
  /** The client takes its time to send a body. */
  UPLOAD,
  /** The server takes its time to send a body. */
  DOWNLOAD
}
