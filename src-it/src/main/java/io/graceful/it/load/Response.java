package io.graceful.it.load;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The head of an HTTP/1.1 response (RFC 9112), after its body has gone to a sink.
 *
 * @param status the status code
 * @param headers by lower-case name; of a repeated header the last one
 * @param trailers likewise, what came after a chunked body
 */
public record Response(int status, Map<String, String> headers, Map<String, String> trailers) {

  /** Whether the server said that it will close the connection after this response. */
  boolean announcesClose() {
    return headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT).contains("close");
  }

  /** Reads one whole response; any status but 200 is a failure. */
  static Response read(InputStream in, OutputStream sink) throws RequestFailed {
    return read(
        in,
        reader -> {
          Response response = reader.head();
          while (response.isInterim()) {
            response = reader.head();
          }
          if (response.status != 200) {
            throw new RequestFailed(Failure.BAD_STATUS, "status " + response.status);
          }
          return response.withTrailers(reader.body(response.headers, sink));
        });
  }

  /**
   * Reads the next response of any status, also an interim one.
   *
   * @param toHead whether it answers a HEAD, and so has no body whatever it says
   */
  static Response readAny(InputStream in, OutputStream sink, boolean toHead) throws RequestFailed {
    return read(
        in,
        reader -> {
          Response response = reader.head();
          boolean hasBody =
              !toHead && !response.isInterim() && response.status != 204 && response.status != 304;
          return hasBody ? response.withTrailers(reader.body(response.headers, sink)) : response;
        });
  }

  private boolean isInterim() {
    return status / 100 == 1;
  }

  private Response withTrailers(Map<String, String> fields) {
    return new Response(status, headers, fields);
  }

  private static Response read(InputStream in, Reading reading) throws RequestFailed {
    Reader reader = new Reader(in);
    try {
      return reading.by(reader);
    } catch (EOFException e) {
      throw reader.count == 0
          ? new RequestFailed(Failure.EOF_BEFORE_RESPONSE, "closed before the first byte")
          : new RequestFailed(Failure.TRUNCATED, "closed after " + reader.count + " bytes");
    } catch (WrongBody e) {
      throw new RequestFailed(Failure.WRONG_BODY, e.getMessage());
    } catch (IOException e) {
      throw RequestFailed.transferring("reading after " + reader.count + " bytes", e);
    }
  }

  /** Thrown by a sink that was given something else than it expected. */
  static final class WrongBody extends IOException {
    WrongBody(String message) {
      super(message);
    }
  }

  private interface Reading {
    Response by(Reader reader) throws IOException, RequestFailed;
  }

  private static final class Reader {
    private static final int LONGEST_LINE = 8 * 1024;

    private final InputStream in;
    private long count;

    Reader(InputStream in) {
      this.in = in;
    }

    Response head() throws IOException, RequestFailed {
      return new Response(status(line()), fields(), Map.of());
    }

    /** Headers or trailers, and the empty line after them. */
    private Map<String, String> fields() throws IOException, RequestFailed {
      Map<String, String> headers = new TreeMap<>();
      for (String line = line(); !line.isEmpty(); line = line()) {
        int colon = line.indexOf(':');
        if (colon < 1) {
          throw new RequestFailed(Failure.BAD_STATUS, "not a header: " + line);
        }
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
      return headers;
    }

    /** Gives the trailers. */
    Map<String, String> body(Map<String, String> headers, OutputStream sink)
        throws IOException, RequestFailed {
      String length = headers.get("content-length");
      Map<String, String> trailers = Map.of();
      if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
        trailers = chunks(sink);
      } else if (length != null) {
        copy(number(length, 10), sink);
      } else {
        untilClosed(sink);
      }
      sink.close();
      return trailers;
    }

    private Map<String, String> chunks(OutputStream sink) throws IOException, RequestFailed {
      for (long size = chunkSize(); size > 0; size = chunkSize()) {
        copy(size, sink);
        if (!line().isEmpty()) {
          throw new RequestFailed(Failure.WRONG_BODY, "a chunk is longer than it said");
        }
      }
      return fields();
    }

    private long chunkSize() throws IOException, RequestFailed {
      return number(line().split(";", 2)[0].strip(), 16);
    }

    private void copy(long length, OutputStream sink) throws IOException {
      byte[] buffer = new byte[16 * 1024];
      for (long left = length; left > 0; ) {
        int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (n < 0) {
          throw new EOFException();
        }
        count += n;
        left -= n;
        sink.write(buffer, 0, n);
      }
    }

    private void untilClosed(OutputStream sink) throws IOException {
      byte[] buffer = new byte[16 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        count += n;
        sink.write(buffer, 0, n);
      }
    }

    private String line() throws IOException, RequestFailed {
      StringBuilder line = new StringBuilder();
      for (int b = next(); b != '\n'; b = next()) {
        line.append((char) b);
        if (line.length() > LONGEST_LINE) {
          throw new RequestFailed(
              Failure.BAD_STATUS, "a line of more than " + LONGEST_LINE + " bytes");
        }
      }
      int end =
          line.length() > 0 && line.charAt(line.length() - 1) == '\r'
              ? line.length() - 1
              : line.length();
      return line.substring(0, end);
    }

    private int next() throws IOException {
      int b = in.read();
      if (b < 0) {
        throw new EOFException();
      }
      count++;
      return b;
    }

    private static int status(String line) throws RequestFailed {
      String[] words = line.split(" ", 3);
      if (words.length < 2
          || !words[0].matches("HTTP/1\\.[01]")
          || !words[1].matches("[1-5]\\d\\d")) {
        throw new RequestFailed(Failure.BAD_STATUS, "not a status line: " + line);
      }
      return Integer.parseInt(words[1]);
    }

    private static long number(String digits, int radix) throws RequestFailed {
      try {
        long number = Long.parseLong(digits, radix);
        if (number >= 0) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Reported below, with the negative ones.
      }
      throw new RequestFailed(Failure.WRONG_BODY, "not a length: " + digits);
    }
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
