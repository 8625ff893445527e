package io.graceful.move;

import io.graceful.os.Libc;
import io.graceful.os.NativeMemory;
import io.graceful.os.Reactor;
import io.graceful.os.SocketIo;
import io.graceful.relay.RequestLine;
import io.graceful.sockets.ListenerKey;
import io.graceful.sockets.OpenConnections;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * Looks how the clients begin that a successor's app accepts, until each listener has shown that it
 * speaks HTTP/1.x: what the old process can't know of connections that keep silent.
 */
final class FirstWords {

  /** A client that has just connected mostly has sent its request already. */
  private static final int PATIENCE_MILLIS = 2;

  /** The app must not be held up for long. */
  private static final int MOST_LOOKS = 100;

  private static final int LOOK_BYTES = 2048;

  private final Libc libc;
  private final Consumer<ListenerKey> onHttp;
  private final List<ListenerKey> unknown;
  private int looks;
  private volatile boolean isOver;

  /**
   * @param onHttp told once of each listener, on the app's thread that accepts
   */
  FirstWords(Libc libc, Collection<ListenerKey> listeners, Consumer<ListenerKey> onHttp) {
    this.libc = libc;
    this.onHttp = onHttp;
    this.unknown = new ArrayList<>(listeners);
    unknown.removeIf(ListenerKey::isUnix);
    this.isOver = unknown.isEmpty();
  }

  /** On the app's thread that accepts. */
  void look(int fd) {
    if (isOver) {
      return;
    }
    lookOnce(fd);
  }

  private synchronized void lookOnce(int fd) {
    if (isOver) {
      return;
    }
    isOver = ++looks >= MOST_LOOKS;
    ListenerKey listener = new OpenConnections(libc, unknown).listenerOf(fd);
    if (listener == null || !Reactor.awaitReadable(libc, fd, PATIENCE_MILLIS)) {
      return;
    }
    try (SocketIo io = new SocketIo(libc);
        NativeMemory buffer = new NativeMemory(LOOK_BYTES)) {
      int count = io.peek(fd, buffer, LOOK_BYTES);
      byte[] bytes = new byte[LOOK_BYTES];
      buffer.bytes.get(bytes);
      if (count > 0 && RequestLine.begins(bytes, count)) {
        unknown.remove(listener);
        isOver |= unknown.isEmpty();
        onHttp.accept(listener);
      }
    }
  }
}
