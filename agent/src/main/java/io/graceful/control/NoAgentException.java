package io.graceful.control;

import java.io.IOException;

/** There is nobody to talk to; the message says whom that concerns, and what to do. */
public final class NoAgentException extends IOException {

  private static final long serialVersionUID = 1;

  public NoAgentException(String message) {
    super(message);
  }
}
