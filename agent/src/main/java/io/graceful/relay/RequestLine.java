package io.graceful.relay;

import java.nio.ByteBuffer;

/**
 * Tells the beginning of an HTTP/1.x request from anything else: {@code method SP target SP
 * HTTP/1.[01] CRLF} (RFC 9112, 3). No protocol that we know of begins a message like that and is
 * another one; what is not exactly that is not taken for a request.
 */
public final class RequestLine {

  enum Match {
    YES,
    NO,
    /** Nothing speaks against it yet. */
    MORE
  }

  /** A line that was right for so long is taken for one. */
  static final int LONGEST = 8 * 1024;

  /** What must be looked at, at most, to get an answer other than MORE. */
  static final int LOOK = LONGEST + 64;

  /** The longest registered one has 17 characters (UPDATEREDIRECTREF). */
  private static final int LONGEST_METHOD = 32;

  private static final String VERSION = "HTTP/1.";

  /** RFC 9110, 9.3; RFC 5789; WebDAV's (RFC 4918, 3253, 5323); and what caches take. */
  private static final String[] USUAL_METHODS = {
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PROPFIND",
    "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH", "QUERY", "PURGE"
  };

  private RequestLine() {}

  /**
   * Whether a line that matches begins with a method that is in use. The rest of a line whose
   * beginning was read by somebody else may match too, but not with one of these.
   */
  static boolean isUsual(ByteBuffer bytes, int from, int to) {
    StringBuilder method = new StringBuilder();
    boolean isWhole = false;
    for (int at = from; at < to && !isWhole; at++) {
      char c = (char) (bytes.get(at) & 0xFF);
      isWhole = c == ' ';
      if (!isWhole && c != '\r' && c != '\n') {
        method.append(c);
      }
    }
    for (String usual : USUAL_METHODS) {
      if (isWhole ? usual.contentEquals(method) : usual.startsWith(method.toString())) {
        return true;
      }
    }
    return false;
  }

  /** Whether these bytes begin a usual request. */
  public static boolean begins(byte[] bytes, int length) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return match(buffer, 0, length) == Match.YES && isUsual(buffer, 0, length);
  }

  static Match match(ByteBuffer bytes, int from, int to) {
    int at = from;
    // An empty line before the request is to be ignored (RFC 9112, 2.2).
    if (at < to && bytes.get(at) == '\r') {
      at++;
      if (at < to && bytes.get(at) != '\n') {
        return Match.NO;
      }
    }
    if (at < to && bytes.get(at) == '\n') {
      at++;
    }
    int method = at;
    while (at < to && isTokenCharacter(bytes.get(at))) {
      at++;
    }
    if (at - method > LONGEST_METHOD) {
      return Match.NO;
    }
    if (at == to) {
      return Match.MORE;
    }
    if (at == method || bytes.get(at++) != ' ') {
      return Match.NO;
    }
    return afterMethod(bytes, from, at, to);
  }

  private static Match afterMethod(ByteBuffer bytes, int from, int target, int to) {
    int at = target;
    while (at < to && isTargetCharacter(bytes.get(at))) {
      at++;
    }
    if (at - from > LONGEST) {
      return Match.YES;
    }
    if (at == to) {
      return Match.MORE;
    }
    if (at == target || bytes.get(at++) != ' ') {
      return Match.NO;
    }
    for (int i = 0; i < VERSION.length(); i++, at++) {
      if (at == to) {
        return Match.MORE;
      }
      if (bytes.get(at) != VERSION.charAt(i)) {
        return Match.NO;
      }
    }
    if (at == to) {
      return Match.MORE;
    }
    byte minor = bytes.get(at++);
    if (minor != '0' && minor != '1') {
      return Match.NO;
    }
    if (at < to && bytes.get(at) == '\r') {
      at++;
    }
    if (at == to) {
      return Match.MORE;
    }
    return bytes.get(at) == '\n' ? Match.YES : Match.NO;
  }

  /** RFC 9110, 5.6.2. */
  static boolean isTokenCharacter(byte c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c > 0 && "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  /**
   * Anything visible. Not ASCII only: some clients send UTF-8 as it is, and some servers take it.
   */
  private static boolean isTargetCharacter(byte c) {
    return c > ' ' && c != 0x7F || c < 0;
  }
}
