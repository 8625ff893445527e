package apps;

/** Values in the query part of a request target. */
public final class Query {

  private Query() {}

  /** The value of {@code key} in a query such as {@code bytes=5&ms=100}, 0 if it isn't there. */
  public static long number(String rawQuery, String key) {
    String value = text(rawQuery, key);
    return value == null ? 0 : Long.parseLong(value);
  }

  /** The undecoded value of {@code key}, null if it isn't there. */
  public static String text(String rawQuery, String key) {
    if (rawQuery != null) {
      for (String pair : rawQuery.split("&")) {
        if (pair.startsWith(key + "=")) {
          return pair.substring(key.length() + 1);
        }
      }
    }
    return null;
  }
}
