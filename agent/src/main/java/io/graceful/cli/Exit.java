package io.graceful.cli;

/** The exit codes; see docs/command-line.md. */
final class Exit {

  static final int OK = 0;

  /** What was asked for did not come about. */
  static final int FAILED = 1;

  static final int WRONG_USE = 2;
  static final int NO_AGENT = 3;

  private Exit() {}
}
