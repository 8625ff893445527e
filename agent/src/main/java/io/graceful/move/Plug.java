package io.graceful.move;

import io.graceful.os.Libc;
import io.graceful.os.NativeMemory;
import io.graceful.os.SocketIo;
import io.graceful.os.SocketScan;
import java.io.IOException;

/**
 * What an app has for some ms in place of a connection on its way back: nothing can be written to
 * it, and nothing comes out. So the app's next bytes wait until those before them have arrived.
 */
final class Plug {

  private static final int PIECE_BYTES = 2048;

  private final Libc libc;

  /** Tells it from the others that may be under the app's number. */
  final long inode;

  private int app;
  private int far;

  private Plug(Libc libc, long inode, int app, int far) {
    this.libc = libc;
    this.inode = inode;
    this.app = app;
    this.far = far;
  }

  /** The caller closes it, when no thread can be waiting on it. */
  static Plug open(Libc libc, SocketScan sockets) throws IOException {
    int[] pair = libc.streamPair();
    try (SocketIo io = new SocketIo(libc);
        NativeMemory piece = new NativeMemory(PIECE_BYTES)) {
      io.fill(pair[0], piece, PIECE_BYTES);
    }
    return new Plug(libc, sockets.inode(pair[0]), pair[0], pair[1]);
  }

  /** What the app gets a duplicate of. */
  int descriptor() {
    return app;
  }

  /** Whether the app has finished sending meanwhile: it can't have sent it. */
  boolean wasFinished(SocketIo io) {
    return io.hasPeerFinished(far);
  }

  /** The app has something else in its place; threads of it may still wait on this. */
  void letGo() {
    if (app >= 0) {
      libc.close(app);
      app = -1;
    }
  }

  /** After {@link #letGo}: whether nobody waits on it any more. */
  boolean isLeft(SocketIo io) {
    return io.isHungUp(far);
  }

  void close() {
    letGo();
    if (far >= 0) {
      libc.close(far);
      far = -1;
    }
  }
}
