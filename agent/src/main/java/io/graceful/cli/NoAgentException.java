package io.graceful.cli;

/** There is nobody to talk to; the message says whom that concerns, and what to do. */
final class NoAgentException extends Exception {

  private static final long serialVersionUID = 1L;

  NoAgentException(String message) {
    super(message);
  }
}
