package io.graceful.config;

/** Times as people write them: {@code 500ms}, {@code 10s}, {@code 2m}; a bare number is seconds. */
public final class Durations {

  public static final String ALLOWED =
      "a time such as 500ms, 10s or 2m, at most 24 hours (a bare number is seconds)";

  private static final long DAY_MILLIS = 24 * 60 * 60 * 1000L;

  private Durations() {}

  /**
   * @return milliseconds
   * @throws IllegalArgumentException if it is none
   */
  public static long parse(String text) {
    String number = text;
    long unit = 1000;
    if (text.endsWith("ms")) {
      number = text.substring(0, text.length() - 2);
      unit = 1;
    } else if (text.endsWith("s")) {
      number = text.substring(0, text.length() - 1);
    } else if (text.endsWith("m")) {
      number = text.substring(0, text.length() - 1);
      unit = 60_000;
    }
    if (!number.matches("[0-9]{1,8}")) {
      throw new IllegalArgumentException(text);
    }
    long millis = Long.parseLong(number) * unit;
    if (millis > DAY_MILLIS) {
      throw new IllegalArgumentException(text);
    }
    return millis;
  }

  /** Whether {@link #parse} takes it. */
  public static boolean isValid(String text) {
    try {
      parse(text);
      return true;
    } catch (IllegalArgumentException no) {
      return false;
    }
  }
}
