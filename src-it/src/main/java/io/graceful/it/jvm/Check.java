package io.graceful.it.jvm;

/** What must be true. */
public final class Check {
  private Check() {}

  /**
   * @param what is said if it does not hold
   */
  public static void that(boolean holds, String what, Object... arguments) {
    if (!holds) {
      throw new AssertionError(String.format(what, arguments));
    }
  }

  public static void same(String what, Object actual, Object expected) {
    that(expected.equals(actual), "%s: %s, not %s", what, actual, expected);
  }
}
