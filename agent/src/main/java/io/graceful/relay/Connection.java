package io.graceful.relay;

import io.graceful.os.ErrnoException;
import io.graceful.os.NativeMemory;
import io.graceful.os.SocketIo;
import java.util.concurrent.TimeUnit;

/**
 * A client's connection that was taken from the app: its socket, and one end of a pair whose other
 * end the app has instead. Carries bytes, ends and resets from one to the other as if they were
 * one, and finds the moment to give the socket to another process. For the relay's thread only.
 */
public final class Connection {

  /** Reads in one turn; then it is the others' turn. */
  private static final int READS_PER_TURN = 4;

  private enum Phase {
    RELAYING,
    /** The app has closed its end; the client's next bytes may still be for another process. */
    APP_HAS_LEFT,
    /** What the client sends is thrown away, until it has got the app's last bytes. */
    LINGERING,
    /** The client is reset, when it has got the app's last bytes. */
    RESETTING,
    /** The app can't write into the pair any more; what is left in it is delivered. */
    HANDING_BACK,
    GONE
  }

  private final Relay relay;
  private final SocketIo io;
  private final NativeMemory buffer;
  private final int slot;
  final int serial;
  private final Observer observer;
  private final Exchange exchange;
  private final Side client;
  private final Side app;
  private final Flow toApp;
  private final Flow toClient;
  private final BoundaryWatch boundary;
  private final Parting parting;
  private Phase phase = Phase.RELAYING;
  private boolean queued;

  private boolean held = true;
  private boolean suspended;

  private boolean clientIsGone;
  private boolean appHasReset;
  private boolean appMayHaveReset;
  private boolean appIsDeaf;

  Connection(
      Relay relay,
      int socket,
      int pair,
      History history,
      Observer observer,
      boolean watchBoundary,
      int slot,
      int serial) {
    this.relay = relay;
    this.io = relay.io;
    this.buffer = relay.buffer;
    this.client = new Side(relay.libc, relay.poller, socket, Relay.data(slot, serial, true));
    this.app = new Side(relay.libc, relay.poller, pair, Relay.data(slot, serial, false));
    this.exchange = new Exchange(history);
    this.observer = observer;
    this.slot = slot;
    this.serial = serial;
    this.toApp = new Flow(io);
    this.toClient = new Flow(io);
    this.boundary = new BoundaryWatch(relay, this, observer, exchange, client, app, watchBoundary);
    this.parting = new Parting(relay, client, this::end);
    spokeBefore(history);
  }

  private void spokeBefore(History history) {
    long now = System.nanoTime();
    app.spokeAt = now - TimeUnit.MILLISECONDS.toNanos(history.silentMillis());
    client.spokeAt = history == History.BUSY ? now : app.spokeAt;
  }

  void register() throws ErrnoException {
    client.register();
    try {
      app.register();
    } catch (ErrnoException failure) {
      client.unregister();
      throw failure;
    }
  }

  // What the owner decides.

  /** No thread of the app can be reading from the client directly any more. */
  public void admit() {
    exchange.admit();
    held = false;
    goOn();
  }

  /**
   * As {@link #admit()}.
   *
   * @param history a second look at it: a thread may have read from the client meanwhile
   */
  public void admit(History history) {
    exchange.admit(history);
    if (toClient.bytes() == 0) {
      spokeBefore(history);
    }
    held = false;
    goOn();
  }

  /** Nothing moves in either direction, until it is resumed. */
  public void suspend() {
    suspended = true;
  }

  public void resume() {
    suspended = false;
    goOn();
  }

  /**
   * As {@link #release()}, whatever the app has said since it was suspended: another process speaks
   * on the connection by now.
   */
  public int surrender() {
    return giveAway();
  }

  /** At a boundary: gives the request to the app of this process after all. */
  public void proceed() {
    if (boundary.isReached()) {
      boundary.proceed();
      goOn();
    }
  }

  /**
   * Ends the relaying, and the app sees its client leave.
   *
   * @return the client's socket, which the caller owns now
   * @throws IllegalStateException if bytes would be lost; then nothing has changed
   */
  public int release() {
    if (!isPassing() || !toApp.isEmpty() || !toClient.isEmpty() || unreadFromApp() > 0) {
      throw new IllegalStateException("bytes are under way on " + this);
    }
    return giveAway();
  }

  /**
   * Begins to end the relaying for an app that is to have the client's socket again. It can't begin
   * to write into the pair any more, but its threads may still be inside of a call on it. Nothing
   * is read from the client from now on; what comes from the app is delivered.
   *
   * @throws IllegalStateException if the app has not read everything from the pair; then nothing
   *     has changed
   */
  public void handBack() {
    if (!isPassing() || !hasAppReadAll()) {
      throw new IllegalStateException("bytes are under way on " + this);
    }
    phase = Phase.HANDING_BACK;
    goOn();
  }

  /**
   * Whether no thread of the app is on the pair any more, as the kernel tells, and the client has
   * got all that was written to it: what the app sends next may go to the client's socket directly.
   */
  public boolean isHandedBack() {
    return phase == Phase.HANDING_BACK && (clientIsGone || toClient.ended && toClient.isEmpty());
  }

  /** As {@link #isHandedBack}, where somebody else has seen that no thread is on the pair. */
  public boolean hasPassedAll() {
    return phase == Phase.HANDING_BACK && (clientIsGone || isAppSilent());
  }

  /** The app has the client's socket: closes ours. Then {@link Observer#ended} is told. */
  public void endHandBack() {
    end(End.HANDED_BACK);
  }

  /** The app has left while it was handed back: what it has closed is closed for the client too. */
  public void leaveInsteadOfHandBack() {
    if (phase == Phase.HANDING_BACK) {
      phase = Phase.RELAYING;
      onAppGone();
      goOn();
    }
  }

  private int giveAway() {
    int given = client.giveAway();
    leave();
    return given;
  }

  // What the owner may ask.

  /** The client's socket; it stays the relay's. */
  public int socket() {
    return client.fd();
  }

  /** Whether it has ended or was given away. */
  public boolean isGone() {
    return phase == Phase.GONE;
  }

  /** Whether {@link Observer#atBoundary} was told, and it still is there. */
  boolean isAtBoundary() {
    return boundary.isReached() && isAppSilent();
  }

  /**
   * Whether the connection may be given away without waiting for the client's next request: as far
   * as anybody can tell no exchange is open, and nothing is under way in any buffer.
   *
   * @param millis for which nothing has moved
   */
  public boolean isIdle(long millis) {
    return exchange.isComplete()
        && silentMillis() >= millis
        && !client.hasFinished
        && !app.hasHungUp
        && !toClient.ended
        && canHandBack() // From here on the kernel is asked.
        && io.unread(client.fd()) == 0;
  }

  /** As {@link #isIdle}, and known from having seen the last exchange from its beginning. */
  public boolean isSurelyIdle() {
    return exchange.isCertain() && isIdle(0);
  }

  /**
   * Whether no byte is inside the relay, nor in the pair in either direction. What is still in the
   * client's socket goes with it; so do ends that either side has been told of.
   */
  public boolean canHandBack() {
    return isPassing()
        && phase == Phase.RELAYING
        && toApp.ended == toApp.endPassedOn
        && toClient.ended == toClient.endPassedOn
        && !app.hasHungUp
        && !appHasReset
        && !appIsDeaf
        && isAtRest();
  }

  /** Whether it has shown to carry another protocol than HTTP/1.x. */
  public boolean isForeign() {
    return exchange.isForeign();
  }

  /** Whether a request line was seen at a boundary. */
  public boolean hasProvenHttp() {
    return exchange.hasProvenHttp();
  }

  /** How many bytes the relay has read from the client. */
  long bytesFromClient() {
    return toApp.bytes();
  }

  /** How many bytes the relay has read from the app. */
  long bytesFromApp() {
    return toClient.bytes();
  }

  private boolean isPassing() {
    return (phase == Phase.RELAYING || phase == Phase.APP_HAS_LEFT) && !clientIsGone;
  }

  /** Whether each side has got all that the other has sent. */
  boolean isAtRest() {
    return hasAppReadAll() && isAppSilent();
  }

  private boolean hasAppReadAll() {
    return toApp.isEmpty() && (!app.isOpen() || io.undelivered(app.fd()) == 0);
  }

  /** Whether all that it has sent is with the kernel. */
  private boolean isAppSilent() {
    return toClient.isEmpty() && unreadFromApp() == 0;
  }

  private int unreadFromApp() {
    return app.isOpen() ? io.unread(app.fd()) : 0;
  }

  /** Since the last byte of either side. */
  public long silentMillis() {
    return Math.min(client.silentMillis(), app.silentMillis());
  }

  // What happens.

  void onEvents(boolean ofClient, int events) {
    (ofClient ? client : app).onEvents(events);
    onTurn();
  }

  void onQueuedTurn() {
    queued = false;
    onTurn();
  }

  private void goOn() {
    if (!queued && phase != Phase.GONE) {
      queued = true;
      relay.again(this);
    }
  }

  void onTurn() {
    try {
      if (takeTurn()) {
        goOn();
      }
    } catch (RuntimeException | Error failure) {
      relay.failed(failure);
      drop();
    }
  }

  /** Returns whether there may be more to do at once. */
  private boolean takeTurn() {
    if (suspended) {
      return false;
    }
    boolean unfinished;
    switch (phase) {
      case RELAYING:
        unfinished = passToClient();
        unfinished |= passToApp();
        return phase == Phase.RELAYING ? unfinished | passEnds() : unfinished;
      case APP_HAS_LEFT:
        return passToApp();
      case HANDING_BACK:
        return passToClient();
      case LINGERING:
        return parting.discard();
      default:
        return false;
    }
  }

  private boolean passToClient() {
    if (!flushToClient()) {
      return false;
    }
    for (int i = 0; i < READS_PER_TURN; i++) {
      if (!app.isReadable || toClient.ended) {
        return false;
      }
      int count = io.receive(app.fd(), buffer, Relay.BUFFER_BYTES);
      if (count > 0) {
        app.speaks();
        boundary.notYet();
        exchange.fromApp(buffer.bytes, 0, count);
        clientIsGone = toClient.pass(client.fd(), buffer, count) != 0;
        client.awaitRoom(!toClient.isEmpty());
        if (clientIsGone || !toClient.isEmpty()) {
          return false;
        }
      } else if (count == -ErrnoException.EAGAIN) {
        app.isReadable = false;
      } else {
        appHasReset |= count < 0;
        toClient.ended = true;
      }
    }
    return true;
  }

  private boolean flushToClient() {
    if (!clientIsGone && !toClient.isEmpty()) {
      clientIsGone = toClient.flush(client.fd()) != 0;
      client.awaitRoom(!toClient.isEmpty());
    }
    return !clientIsGone && toClient.isEmpty();
  }

  private boolean passToApp() {
    if (!flushToApp()) {
      return false;
    }
    for (int i = 0; i < READS_PER_TURN; i++) {
      if (!client.isReadable || toApp.ended || held || boundary.isReached() || !isForTheApp()) {
        return false;
      }
      int count = io.receive(client.fd(), buffer, Relay.BUFFER_BYTES);
      if (count > 0) {
        boundary.passed();
        client.speaks();
        exchange.fromClient(buffer.bytes, 0, count);
        if (!appIsDeaf) {
          refusedByApp(toApp.pass(app.fd(), buffer, count));
          app.awaitRoom(!toApp.isEmpty());
        } // Else it's lost, as with a socket that was closed, or shut down for reading.
        if (!toApp.isEmpty()) {
          return false;
        }
      } else if (count == -ErrnoException.EAGAIN) {
        client.isReadable = false;
        if (phase == Phase.APP_HAS_LEFT) {
          closeAsAppDid();
        }
      } else {
        clientIsGone |= count < 0;
        toApp.ended = true;
        if (phase == Phase.APP_HAS_LEFT) {
          end(End.CLOSED);
        }
      }
    }
    return true;
  }

  private boolean flushToApp() {
    if (!toApp.isEmpty()) {
      refusedByApp(toApp.flush(app.fd()));
      app.awaitRoom(!toApp.isEmpty());
    }
    return toApp.isEmpty();
  }

  private void refusedByApp(int errno) {
    if (errno != 0) {
      appIsDeaf = true;
      appHasReset |= errno == ErrnoException.ECONNRESET;
      appMayHaveReset |= toApp.mayHaveMissedReset();
      toApp.drop();
    }
  }

  /** Whether to read what the client sends. If not, it stays in its socket. */
  private boolean isForTheApp() {
    boolean appIsThere = phase == Phase.RELAYING;
    boolean mayMove = !(appIsThere && appIsDeaf) && !toClient.endPassedOn && boundary.mayBeHere();
    if (appIsThere && !mayMove) {
      return true;
    }
    int count = io.peek(client.fd(), buffer, RequestLine.LOOK);
    if (count <= 0) {
      // Reading will tell the same, but an error is told only once.
      clientIsGone |= count < 0 && count != -ErrnoException.EAGAIN;
      return true;
    }
    if (mayMove && boundary.keeps(count)) {
      return false;
    }
    if (!appIsThere && phase != Phase.GONE) {
      linger();
    }
    return appIsThere;
  }

  // How it ends.

  private boolean passEnds() {
    if (clientIsGone) {
      return onClientGone();
    }
    if (toApp.ended && toApp.isEmpty() && !toApp.endPassedOn) {
      toApp.endPassedOn = true;
      io.finishSending(app.fd());
    }
    if (toClient.ended && toClient.isEmpty()) {
      return onEndOfApp();
    }
    return false;
  }

  /**
   * The app gets what the client sent before it reset the connection, as far as it has room. Then
   * it gets the reset.
   */
  private boolean onClientGone() {
    if (held) {
      return false; // A thread of the app may be reading all that by itself.
    }
    if (client.isReadable && !toApp.ended && toApp.isEmpty() && !appIsDeaf) {
      boundary.proceed();
      return true;
    }
    showResetToApp();
    end(End.RESET_BY_CLIENT);
    return false;
  }

  /** A UNIX socket that is closed with bytes unread resets its peer (unix_release_sock). */
  private void showResetToApp() {
    if (unreadFromApp() == 0) {
      int appEnd = observer.appEnd(this);
      if (appEnd >= 0) {
        io.send(appEnd, buffer, 0, 1);
        relay.libc.close(appEnd);
      }
    }
  }

  private boolean onEndOfApp() {
    // It may not only have finished sending, but closed, and epoll has not told yet.
    boolean hasLeft = app.hasHungUp || !toClient.endPassedOn && io.isHungUp(app.fd());
    if (appHasReset || hasLeft && appMayHaveReset) {
      reset();
      return false;
    }
    if (hasLeft) {
      onAppGone();
      return true;
    }
    if (!toClient.endPassedOn) {
      toClient.endPassedOn = true;
      io.finishSending(client.fd());
    }
    if (toApp.endPassedOn) {
      end(End.CLOSED);
    }
    return false;
  }

  /** All that it has sent is with the kernel. Has it left while its client was speaking? */
  private void onAppGone() {
    app.close();
    if (toApp.ended) {
      end(End.CLOSED);
    } else if (toApp.isEmpty()) {
      phase = Phase.APP_HAS_LEFT;
      client.isReadable = true;
    } else {
      linger();
    }
  }

  private void closeAsAppDid() {
    if (io.undelivered(client.fd()) > 0) {
      linger();
    } else {
      end(End.CLOSED);
    }
  }

  private void linger() {
    phase = Phase.LINGERING;
    toApp.drop();
    parting.linger();
    goOn();
  }

  private void reset() {
    phase = Phase.RESETTING;
    app.close();
    toApp.drop();
    parting.reset();
  }

  /** The relay ends, or has failed. */
  void drop() {
    end(End.DROPPED);
  }

  private void end(End how) {
    if (phase == Phase.GONE) {
      return;
    }
    if (how != End.HANDED_BACK && how != End.RESET_BY_APP) {
      io.neverWaitOnClose(client.fd());
    }
    leave();
    observer.ended(this, how);
  }

  private void leave() {
    phase = Phase.GONE;
    app.close();
    client.close();
    toApp.drop();
    toClient.drop();
    relay.forget(this, slot);
  }

  @Override
  public String toString() {
    return "connection "
        + client.fd()
        + ", "
        + phase
        + ", "
        + toApp.bytes()
        + " bytes from client, "
        + toClient.bytes()
        + " from app, "
        + exchange;
  }
}
