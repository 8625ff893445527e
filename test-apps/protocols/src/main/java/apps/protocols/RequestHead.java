package apps.protocols;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The head of an HTTP/1 request. */
final class RequestHead {

  private static final int MAX_LINE = 8 * 1024;

  final String method;
  final String target;
  final String path;
  final String query;
  final boolean isHttp10;
  private final Map<String, String> headers = new HashMap<>();

  private RequestHead(String requestLine) throws IOException {
    String[] words = requestLine.split(" ");
    if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
      throw new NotHttp(requestLine);
    }
    method = words[0];
    target = words[1];
    int mark = target.indexOf('?');
    path = mark < 0 ? target : target.substring(0, mark);
    query = mark < 0 ? "" : target.substring(mark + 1);
    isHttp10 = words[2].equals("HTTP/1.0");
  }

  /** The next one, or null if the client has left instead. */
  static RequestHead readFrom(InputStream in) throws IOException {
    String first = line(in);
    while (first != null && first.isEmpty()) {
      first = line(in);
    }
    if (first == null) {
      return null;
    }
    RequestHead head = new RequestHead(first);
    for (String line = line(in); !"".equals(line); line = line(in)) {
      int colon = line == null ? -1 : line.indexOf(':');
      if (colon < 0) {
        throw line == null ? new EOFException() : new NotHttp(line);
      }
      head.headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
    }
    return head;
  }

  /** A line without its end, or null if the client has left before it began. */
  static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0 && line.size() == 0) {
        return null;
      }
      if (b < 0) {
        throw new EOFException();
      }
      if (line.size() == MAX_LINE) {
        throw new NotHttp("a line too long");
      }
      line.write(b);
    }
    String text = line.toString("ISO-8859-1");
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  /** In lower case, empty if it isn't there. */
  String header(String name) {
    return headers.getOrDefault(name, "").toLowerCase(Locale.ROOT);
  }

  /** As it came, empty if it isn't there. */
  String exactHeader(String name) {
    return headers.getOrDefault(name, "");
  }

  boolean keepsAlive() {
    String connection = header("connection");
    return isHttp10 ? connection.contains("keep-alive") : !connection.contains("close");
  }

  /** Thrown for what is no HTTP/1. */
  static final class NotHttp extends IOException {

    private static final long serialVersionUID = 1;

    NotHttp(String what) {
      super(what);
    }
  }
}
