package io.graceful.relay;

import io.graceful.os.ErrnoException;
import io.graceful.os.SocketIo;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The last moments of a client's socket whose app has gone: closed or reset as the app did it, but
 * not before the client has got the app's last bytes.
 */
final class Parting {

  /** For a client to get the app's last bytes before it is reset or cut off. */
  static final long LINGER_MILLIS = 2000;

  private static final long LINGER_LOOK_MILLIS = 5;
  private static final int READS_PER_TURN = 4;

  private final Relay relay;
  private final SocketIo io;
  private final Side client;
  private final Consumer<End> whenOver;

  /**
   * @param whenOver may be told more than once
   */
  Parting(Relay relay, Side client, Consumer<End> whenOver) {
    this.relay = relay;
    this.io = relay.io;
    this.client = client;
    this.whenOver = whenOver;
  }

  /**
   * A TCP socket that is closed while its peer sends, resets it, and that may lose what the app has
   * sent last. So what the client still sends is taken and forgotten for a while.
   */
  void linger() {
    io.finishSending(client.fd());
    relay.after(LINGER_MILLIS, () -> whenOver.accept(End.CLOSED));
  }

  /** While it lingers; returns whether there may be more to do at once. */
  boolean discard() {
    for (int i = 0; i < READS_PER_TURN; i++) {
      int count = io.receive(client.fd(), relay.buffer, Relay.BUFFER_BYTES);
      if (count == -ErrnoException.EAGAIN) {
        return false;
      }
      if (count <= 0) {
        whenOver.accept(End.CLOSED);
        return false;
      }
    }
    return true;
  }

  /** As soon as the client has got everything, but not later than it would linger. */
  void reset() {
    resetWhenDelivered(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LINGER_MILLIS));
  }

  private void resetWhenDelivered(long until) {
    if (!client.isOpen()) {
      return;
    }
    if (io.undelivered(client.fd()) > 0 && System.nanoTime() - until < 0) {
      relay.after(LINGER_LOOK_MILLIS, () -> resetWhenDelivered(until));
      return;
    }
    io.resetOnClose(client.fd());
    whenOver.accept(End.RESET_BY_APP);
  }
}
