package io.graceful.relay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * The head of one HTTP/1.x message, read as it passes in whatever pieces: the start line, and the
 * fields that decide where the message ends and whether another follows (RFC 9112, 6 and 9). What
 * two implementations could read differently is taken for broken: then nobody relies on it.
 */
final class Head {

  static final int NO_LENGTH = -1;

  private static final int LONGEST_LINE = 64 * 1024;
  private static final byte[] NONE = {};
  private static final String VERSION = "HTTP/1.";
  private static final int DIGITS_OF_A_LENGTH = 18;

  private final boolean request;
  private byte[] line = NONE;
  private int length;
  private boolean hasStartLine;
  private boolean hasFieldName;

  /** A line that is folded may not belong to it; nor to the start line. */
  private boolean lastFieldMatters = true;

  private boolean complete;
  private boolean broken;

  private String method = "";
  private int status;
  private boolean version10;
  private long contentLength = NO_LENGTH;
  private boolean hasCoding;
  private boolean chunked;
  private boolean close;
  private boolean keepAlive;

  private Head(boolean request) {
    this.request = request;
  }

  static Head ofRequest() {
    return new Head(true);
  }

  static Head ofResponse() {
    return new Head(false);
  }

  /** Takes bytes up to the end of the head; returns where that is, or {@code to}. */
  int read(ByteBuffer bytes, int from, int to) {
    int at = from;
    while (at < to && !complete && !broken) {
      byte c = bytes.get(at++);
      if (c == '\n') {
        endOfLine();
      } else {
        append(c);
      }
    }
    if (complete || broken) {
      line = NONE;
    }
    return at;
  }

  private void append(byte c) {
    if (!request && !hasStartLine && length < VERSION.length() && c != VERSION.charAt(length)) {
      broken = true; // At once: what is no HTTP may have no lines.
      return;
    }
    if (hasStartLine && !hasFieldName && !mayBeInFieldName(c)) {
      broken = true; // Likewise.
      return;
    }
    if (length == line.length) {
      if (length == LONGEST_LINE) {
        broken = true;
        return;
      }
      line = Arrays.copyOf(line, Math.max(256, 2 * length));
    }
    line[length++] = c;
  }

  private boolean mayBeInFieldName(byte c) {
    boolean folds = length == 0 && (c == ' ' || c == '\t');
    hasFieldName = folds || c == ':';
    return hasFieldName || c == '\r' || RequestLine.isTokenCharacter(c);
  }

  private void endOfLine() {
    if (length > 0 && line[length - 1] == '\r') {
      length--;
    }
    if (!hasStartLine) {
      // Empty lines before a request are ignored (RFC 9112, 2.2).
      if (length > 0 || !request) {
        hasStartLine = true;
        broken = !(request ? isRequestLine() : isStatusLine());
      }
    } else if (length == 0) {
      complete = true;
      broken = isAmbiguous();
    } else {
      broken = !isField();
    }
    length = 0;
    hasFieldName = false;
  }

  private boolean isRequestLine() {
    byte[] withEnd = Arrays.copyOf(line, length + 1);
    withEnd[length] = '\n';
    ByteBuffer whole = ByteBuffer.wrap(withEnd);
    if (RequestLine.match(whole, 0, withEnd.length) != RequestLine.Match.YES) {
      return false;
    }
    String text = text(0, length);
    method = text.substring(0, text.indexOf(' '));
    version10 = text.endsWith("0");
    // RequestLine takes a very long line unseen; here all of it is.
    return text.endsWith(" HTTP/1.1") || text.endsWith(" HTTP/1.0");
  }

  /** {@code HTTP/1.1 200 OK}; the reason may be missing (RFC 9112, 4). */
  private boolean isStatusLine() {
    if (length < 12 || length > 12 && line[12] != ' ' || line[8] != ' ') {
      return false;
    }
    if (line[7] != '0' && line[7] != '1') {
      return false;
    }
    for (int i = 9; i < 12; i++) {
      if (line[i] < '0' || line[i] > '9') {
        return false;
      }
      status = 10 * status + line[i] - '0';
    }
    version10 = line[7] == '0';
    return status >= 100;
  }

  private boolean isField() {
    if (line[0] == ' ' || line[0] == '\t') {
      return !lastFieldMatters; // A folded line (RFC 9112, 5.2), harmless in other fields.
    }
    int colon = 0;
    while (colon < length && RequestLine.isTokenCharacter(line[colon])) {
      colon++;
    }
    if (colon == 0 || colon == length || line[colon] != ':') {
      return false;
    }
    lastFieldMatters = true;
    switch (colon) {
      case 10:
        if (isNamed("connection", colon)) {
          connection(value(colon + 1));
          return true;
        }
        break;
      case 14:
        if (isNamed("content-length", colon)) {
          return isLength(value(colon + 1));
        }
        break;
      case 17:
        if (isNamed("transfer-encoding", colon)) {
          return isCoding(value(colon + 1));
        }
        break;
      default:
        break;
    }
    lastFieldMatters = false;
    return true;
  }

  private boolean isNamed(String name, int colon) {
    return text(0, colon).equalsIgnoreCase(name);
  }

  private String value(int from) {
    return text(from, length).toLowerCase(Locale.ROOT);
  }

  private String text(int from, int to) {
    return new String(line, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private void connection(String value) {
    for (String option : value.split(",")) {
      close |= option.trim().equals("close");
      keepAlive |= option.trim().equals("keep-alive");
    }
  }

  /** Several equal ones count as one (RFC 9112, 6.3). */
  private boolean isLength(String value) {
    for (String number : value.split(",", -1)) {
      String digits = number.trim();
      if (digits.isEmpty() || digits.length() > DIGITS_OF_A_LENGTH) {
        return false;
      }
      for (int i = 0; i < digits.length(); i++) {
        if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
          return false;
        }
      }
      long parsed = Long.parseLong(digits);
      if (contentLength != NO_LENGTH && contentLength != parsed) {
        return false;
      }
      contentLength = parsed;
    }
    return true;
  }

  /** The last coding frames the message; chunked is the only one that does (RFC 9112, 6.1). */
  private boolean isCoding(String value) {
    for (String coding : value.split(",", -1)) {
      if (chunked || coding.trim().isEmpty() || coding.trim().equals("identity")) {
        return false;
      }
      hasCoding = true;
      chunked = coding.trim().equals("chunked");
    }
    return true;
  }

  /** What request smuggling is made of (RFC 9112, 6.1 and 6.3). */
  private boolean isAmbiguous() {
    return hasCoding && (contentLength != NO_LENGTH || version10 || request && !chunked);
  }

  /** Whether no byte of it came; before a request, empty lines don't count. */
  boolean isUntouched() {
    return !hasStartLine && length == 0 && !broken;
  }

  boolean hasStartLine() {
    return hasStartLine;
  }

  boolean isComplete() {
    return complete;
  }

  boolean isBroken() {
    return broken;
  }

  String method() {
    return method;
  }

  int status() {
    return status;
  }

  /** In bytes, or {@link #NO_LENGTH}. */
  long contentLength() {
    return contentLength;
  }

  boolean isChunked() {
    return chunked;
  }

  /** Whether there is a coding, chunked or another. */
  boolean hasCoding() {
    return hasCoding;
  }

  /** Whether the connection ends with this exchange (RFC 9112, 9.3). */
  boolean isLast() {
    return close || version10 && !keepAlive;
  }
}
