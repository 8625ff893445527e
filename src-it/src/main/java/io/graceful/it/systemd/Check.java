package io.graceful.it.systemd;

/** What must be true. */
final class Check {
  private Check() {}

  static void that(boolean holds, String what, Object... arguments) {
    if (!holds) {
      throw new AssertionError(String.format(what, arguments));
    }
  }

  static void same(String what, Object actual, Object expected) {
    that(expected.equals(actual), "%s: %s, not %s", what, actual, expected);
  }
}
