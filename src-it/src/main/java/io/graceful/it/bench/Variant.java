package io.graceful.it.bench;

/** What is on the command line. */
enum Variant {
  NO_AGENT("no agent"),
  EMPTY_AGENT("empty agent"),
  GRACEFUL("graceful");

  final String label;

  Variant(String label) {
    this.label = label;
  }
}
