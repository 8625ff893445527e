package io.graceful.agent;

import java.io.IOException;

/** What went wrong, for a line on stderr. */
final class Failures {

  private Failures() {}

  /** The message alone where it is one of ours, which says enough. */
  static String inWords(Throwable failure) {
    if (failure.getMessage() == null && failure.getCause() != null) {
      return inWords(failure.getCause());
    }
    boolean ours =
        failure instanceof IOException || failure instanceof UnsupportedOperationException;
    return ours && failure.getMessage() != null ? failure.getMessage() : failure.toString();
  }
}
