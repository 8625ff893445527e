package apps.protocols;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The bytes of one request, taken from the connection up to their end and no further. */
final class RequestBody extends InputStream {

  private final InputStream connection;
  private final boolean isChunked;
  private long left;
  private boolean isOver;

  RequestBody(RequestHead head, InputStream connection) {
    this.connection = connection;
    this.isChunked = head.header("transfer-encoding").contains("chunked");
    String length = head.header("content-length");
    this.left = isChunked || length.isEmpty() ? 0 : Long.parseLong(length);
    this.isOver = !isChunked && left == 0;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (!isOver && left == 0) {
      beginChunk();
    }
    if (isOver) {
      return -1;
    }
    int n = connection.read(bytes, offset, (int) Math.min(length, left));
    if (n < 0) {
      throw new EOFException();
    }
    left -= n;
    if (left == 0) {
      endPiece();
    }
    return n;
  }

  private void beginChunk() throws IOException {
    left = Long.parseLong(RequestHead.line(connection).split(";")[0].trim(), 16);
    if (left == 0) {
      for (String line = RequestHead.line(connection);
          line != null && !line.isEmpty();
          line = RequestHead.line(connection)) {
        // Trailers tell us nothing.
      }
      isOver = true;
    }
  }

  private void endPiece() throws IOException {
    if (isChunked) {
      RequestHead.line(connection);
    } else {
      isOver = true;
    }
  }
}
