package apps;

/** Numbers in the query part of a request target. */
public final class Query {

  private Query() {}

  /** The value of {@code key} in a query such as {@code bytes=5&ms=100}, 0 if it isn't there. */
  public static long number(String rawQuery, String key) {
    if (rawQuery != null) {
      for (String pair : rawQuery.split("&")) {
        if (pair.startsWith(key + "=")) {
          return Long.parseLong(pair.substring(key.length() + 1));
        }
      }
    }
    return 0;
  }
}
