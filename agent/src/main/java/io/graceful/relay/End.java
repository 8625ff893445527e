package io.graceful.relay;

/** How a relayed connection ended. */
public enum End {
  /** Both sides finished, or the app closed it. */
  CLOSED,
  /** The client reset it, or is not reachable any more. */
  RESET_BY_CLIENT,
  /** The app closed it with bytes unread, which resets it for the client too. */
  RESET_BY_APP,
  /** The app got its socket again, after all that it had sent through the relay was delivered. */
  HANDED_BACK,
  /** The relay was stopped, or failed. */
  DROPPED
}
