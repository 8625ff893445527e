package io.graceful.it.load;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;

/** One connection to the server, with blocking reads that give up. */
public abstract class Connection implements Closeable {
  private InputStream buffered;

  abstract InputStream rawInput() throws IOException;

  abstract OutputStream output() throws IOException;

  abstract void readTimeout(int millis) throws IOException;

  abstract int readTimeout();

  /** How this connection is called in other people's logs: the local port, if there is one. */
  abstract String localName();

  /** The port at this end, 0 if there is none. */
  abstract int localPort();

  @Override
  public abstract void close();

  final InputStream input() throws IOException {
    if (buffered == null) {
      buffered = new BufferedInputStream(rawInput(), 16 * 1024);
    }
    return buffered;
  }

  /**
   * Looks whether the server has left, as careful keep-alive clients do before they send. Leaves a
   * byte that is there for the next read, which will complain about it.
   */
  final boolean isLeftByServer() {
    int usual = readTimeout();
    try {
      readTimeout(1);
      input().mark(1);
      int next = input().read();
      input().reset();
      return next < 0;
    } catch (SocketTimeoutException stillOpen) {
      return false;
    } catch (IOException reset) {
      return true;
    } finally {
      try {
        readTimeout(usual);
      } catch (IOException closed) {
        // The next use of the connection reports it.
      }
    }
  }
}
