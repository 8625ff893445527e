package io.graceful.it.load;

/** What can happen to a request that was not answered as it should. */
public enum Failure {
  /** Nobody listened (also: a UNIX socket's file was missing). */
  REFUSED,
  /** No connection within the limit: the accept queue was full and stayed full. */
  CONNECT_TIMEOUT,
  /** Connected and sent, but the next byte of the response didn't come within the limit. */
  READ_TIMEOUT,
  /** RST, or a broken pipe while sending. */
  RESET,
  /** The server closed the connection without a single byte of response. */
  EOF_BEFORE_RESPONSE,
  /** The response began and ended too early. */
  TRUNCATED,
  /** Not 200, or not HTTP at all. */
  BAD_STATUS,
  /**
   * A complete response with the wrong content: somebody else's, damaged, or of the wrong length.
   */
  WRONG_BODY,
  /**
   * Trouble of another kind, such as a client machine without free ports. It counts: we can't tell
   * whose fault it is.
   */
  UNEXPECTED
}
