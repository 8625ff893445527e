package apps.jdk.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Takes bytes as they come and gives requests; pipelined ones stay in the buffer until asked for.
 */
final class RequestParser {

  private static final int MAX_LINE = 8 * 1024;

  private enum Part {
    REQUEST_LINE,
    HEADERS,
    BODY,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILERS
  }

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private Part part = Part.REQUEST_LINE;
  private Request request;
  private long remaining;
  private boolean chunked;
  private boolean expectsContinue;

  /**
   * Consumes bytes up to the end of a request.
   *
   * @return the request, or null if it takes more bytes than there are
   * @throws IllegalArgumentException if this is no HTTP/1
   */
  Request parse(ByteBuffer in) {
    while (in.hasRemaining()) {
      boolean complete =
          part == Part.BODY || part == Part.CHUNK ? takeBody(in) : takeLine(in) && endOfLine();
      if (complete) {
        part = Part.REQUEST_LINE;
        return request;
      }
    }
    return null;
  }

  /** True once for a client that waits for "100 Continue" before it sends the body. */
  boolean takeExpectation() {
    boolean taken = expectsContinue && part != Part.HEADERS;
    expectsContinue &= !taken;
    return taken;
  }

  private boolean takeBody(ByteBuffer in) {
    int n = (int) Math.min(remaining, in.remaining());
    request.body.add(in.array(), in.arrayOffset() + in.position(), n);
    in.position(in.position() + n);
    remaining -= n;
    if (remaining == 0 && part == Part.CHUNK) {
      part = Part.CHUNK_END;
      return false;
    }
    return remaining == 0;
  }

  private boolean takeLine(ByteBuffer in) {
    while (in.hasRemaining()) {
      byte b = in.get();
      if (b == '\n') {
        return true;
      }
      if (line.size() == MAX_LINE) {
        throw new IllegalArgumentException("line too long");
      }
      line.write(b);
    }
    return false;
  }

  private boolean endOfLine() {
    String text = new String(line.toByteArray(), StandardCharsets.ISO_8859_1).trim();
    line.reset();
    switch (part) {
      case REQUEST_LINE:
        if (!text.isEmpty()) {
          startRequest(text);
        }
        return false;
      case HEADERS:
        if (text.isEmpty()) {
          return endOfHead();
        }
        header(text);
        return false;
      case CHUNK_SIZE:
        remaining = Long.parseLong(text.split(";")[0].trim(), 16);
        part = remaining == 0 ? Part.TRAILERS : Part.CHUNK;
        return false;
      case CHUNK_END:
        part = Part.CHUNK_SIZE;
        return false;
      default:
        return text.isEmpty();
    }
  }

  private void startRequest(String requestLine) {
    request = new Request(requestLine);
    remaining = 0;
    chunked = false;
    expectsContinue = false;
    part = Part.HEADERS;
  }

  private void header(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("no header: " + text);
    }
    String value = text.substring(colon + 1).trim().toLowerCase(Locale.ROOT);
    switch (text.substring(0, colon).toLowerCase(Locale.ROOT)) {
      case "content-length":
        remaining = Long.parseLong(value);
        break;
      case "transfer-encoding":
        chunked = value.contains("chunked");
        break;
      case "connection":
        request.keepAlive =
            request.isHttp10 ? value.contains("keep-alive") : !value.contains("close");
        break;
      case "expect":
        expectsContinue = value.equals("100-continue");
        break;
      default:
        break;
    }
  }

  private boolean endOfHead() {
    part = chunked ? Part.CHUNK_SIZE : Part.BODY;
    return !chunked && remaining == 0;
  }
}
