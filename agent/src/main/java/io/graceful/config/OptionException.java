package io.graceful.config;

/** An unknown key or a bad value; the message says where it stands and what is allowed. */
public final class OptionException extends Exception {

  private static final long serialVersionUID = 1;

  public OptionException(String message) {
    super(message);
  }
}
