package apps;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Known content cut into about twenty equal pieces that fall due one after the other; {@link
 * #next()} moves from chunk to chunk, where a chunk is a piece or, of a big piece, 64 KiB.
 */
public final class Download {

  private static final int PIECES = 20;
  private static final int MAX_CHUNK = 64 * 1024;

  private final long length;
  private final long millis;
  private final long pieceLength;
  private final long begin = System.nanoTime();
  private long position;

  /**
   * @param length bytes in all
   * @param millis time from now to the last piece
   */
  public Download(long length, long millis) {
    this.length = length;
    this.millis = millis;
    this.pieceLength = Math.max(1, (length + PIECES - 1) / PIECES);
  }

  public static Download of(String rawQuery) {
    return new Download(Query.number(rawQuery, "bytes"), Query.number(rawQuery, "ms"));
  }

  public long length() {
    return length;
  }

  public boolean hasNext() {
    return position < length;
  }

  /** Milliseconds until the next chunk is due; 0 if it is. */
  public long pauseMillis() {
    long pieces = (length + pieceLength - 1) / pieceLength;
    long due = millis * (position / pieceLength + 1) / pieces;
    return Math.max(0, due - (System.nanoTime() - begin) / 1_000_000);
  }

  public byte[] next() {
    long endOfPiece = Math.min(length, (position / pieceLength + 1) * pieceLength);
    int chunk = (int) Math.min(MAX_CHUNK, endOfPiece - position);
    byte[] bytes = KnownContent.slice(position, chunk);
    position += chunk;
    return bytes;
  }

  /** Writes it all, piece by piece, for servers with a thread to spare. */
  public void writeTo(OutputStream out) throws IOException {
    while (hasNext()) {
      App.sleep(pauseMillis());
      out.write(next());
      out.flush();
    }
  }
}
