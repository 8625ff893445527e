package io.graceful.relay;

import java.util.concurrent.TimeUnit;

/**
 * Where a connection may change hands: what the client sends at such a place is left unread in its
 * socket until it is known whose it is.
 */
final class BoundaryWatch {

  /** For an app to read what it was sent before it answered. */
  static final long APP_READS_MILLIS = 50;

  private static final long APP_READS_LOOK_MILLIS = 2;
  private static final long NEVER = 0;

  private final Relay relay;
  private final Connection connection;
  private final Observer observer;
  private final Exchange exchange;
  private final Side client;
  private final Side app;
  private final boolean wanted;
  private boolean reached;
  private boolean mayProceed;
  private long keptSince = NEVER;
  private long unreadSince = NEVER;
  private long nextLook = NEVER;

  BoundaryWatch(
      Relay relay,
      Connection connection,
      Observer observer,
      Exchange exchange,
      Side client,
      Side app,
      boolean wanted) {
    this.relay = relay;
    this.connection = connection;
    this.observer = observer;
    this.exchange = exchange;
    this.client = client;
    this.app = app;
    this.wanted = wanted;
  }

  /** Whether the owner was told, and has not decided yet. */
  boolean isReached() {
    return reached;
  }

  /** The app has said more: it will be looked at again. */
  void notYet() {
    reached = false;
  }

  /** What is there is the app's after all. */
  void proceed() {
    reached = false;
    mayProceed = true;
  }

  /** What was there was read. */
  void passed() {
    mayProceed = false;
    keptSince = NEVER;
  }

  /** Whether the client's next bytes have to be looked at before anybody reads them. */
  boolean mayBeHere() {
    return wanted && !mayProceed && exchange.mayBeBoundary();
  }

  /**
   * Whether the client's next bytes stay in its socket for now, or for good.
   *
   * @param count of them are in the relay's buffer
   */
  boolean keeps(int count) {
    if (keptSince == NEVER) {
      keptSince = System.nanoTime();
      unreadSince = NEVER;
    }
    // Nothing can be waited for from one who has left.
    boolean mayWait = !client.hasFinished && app.isOpen();
    long kept = mayWait ? millisSince(keptSince) : Exchange.PATIENCE_MILLIS;
    Verdict verdict = exchange.judge(relay.buffer.bytes, 0, count, app.silentMillis(), kept);
    switch (verdict.kind) {
      case FORWARD:
        return false;
      case MOVE:
        return move();
      default:
        lookAgainIn(verdict.millis);
        return true;
    }
  }

  /** Returns false if the request is the app's after all. */
  private boolean move() {
    if (connection.isAtRest()) {
      reached = true;
      try {
        observer.atBoundary(connection);
      } catch (RuntimeException | Error failure) {
        relay.failed(failure);
        connection.proceed();
      }
      return true;
    }
    // The app has answered before it has read everything, or the client has not got the answer:
    // that may be a matter of µs.
    if (unreadSince == NEVER) {
      unreadSince = System.nanoTime();
    }
    if (millisSince(unreadSince) >= APP_READS_MILLIS) {
      return false;
    }
    app.isReadable = true;
    lookAgainIn(APP_READS_LOOK_MILLIS);
    return true;
  }

  private void lookAgainIn(long millis) {
    long at = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    if (nextLook == NEVER || at - nextLook < 0) {
      nextLook = at;
      relay.after(
          millis,
          () -> {
            nextLook = NEVER;
            connection.onTurn();
          });
    }
  }

  private static long millisSince(long nanoTime) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanoTime);
  }
}
