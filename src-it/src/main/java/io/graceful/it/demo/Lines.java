package io.graceful.it.demo;

import java.util.Locale;

/** The form of a line: the time since the demo's server was ready, and what happened then. */
final class Lines {
  /** Columns in front of the text. */
  static final int INDENT = 9;

  private Lines() {}

  static String at(long millis, String text) {
    return String.format(Locale.ROOT, "%6.1f s %s", millis / 1000.0, text);
  }

  static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
