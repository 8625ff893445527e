package io.graceful.move;

import io.graceful.log.Log;
import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Connections on their way to the successor, a bounded number: the others are served here
 * meanwhile. Until the successor's app has accepted one, it can still go on here.
 */
final class Departures {

  private static final int MOST_IN_FLIGHT = 24;

  private final Libc libc;
  private final Log log;
  private final Interposer.Successor successor;
  private final Map<Integer, Interposed> inFlight = new HashMap<>();
  private final Gaps gaps = new Gaps();
  private int lastId;
  private boolean closed;

  Departures(Libc libc, Log log, Interposer.Successor successor) {
    this.libc = libc;
    this.log = log;
    this.successor = successor;
  }

  /** If there is room. Nothing of it moves here any more then, until it is back. */
  void send(Interposed one) {
    one.relayed.suspend();
    one.state = Interposed.State.LEAVING;
    int id = ++lastId;
    inFlight.put(id, one);
    one.leftAt = System.nanoTime();
    one.left = past(one);
    try {
      successor.send(id, one.listener, one.relayed.socket());
    } catch (IOException successorGone) {
      // We hear of that by its end; until then nothing of the connection moves.
      log.debug("can't send a connection: " + successorGone.getMessage());
    } catch (RuntimeException | Error notSent) {
      inFlight.remove(id);
      one.state = Interposed.State.RELAYED;
      one.relayed.resume();
      one.relayed.proceed();
      throw notSent;
    }
  }

  private Past past(Interposed one) {
    try {
      return Past.of(libc, one.relayed.socket());
    } catch (ErrnoException gone) {
      return null;
    }
  }

  boolean hasRoom() {
    return !closed && inFlight.size() < MOST_IN_FLIGHT;
  }

  /** No other is sent; those on their way are still answered. */
  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  boolean isEmpty() {
    return inFlight.isEmpty();
  }

  /**
   * The successor has answered; null if it did before, or the id is none.
   *
   * @param at when it is served again, by System.nanoTime()
   */
  Interposed arrived(int id, long at) {
    Interposed one = inFlight.remove(id);
    if (one != null) {
      gaps.add(at - one.leftAt);
    }
    return one;
  }

  /** Of those that the successor has answered. */
  Gaps gaps() {
    return gaps;
  }

  /** Those that the successor has not answered; they count as arrived then. */
  List<Interposed> takeSent() {
    List<Interposed> sent = new ArrayList<>(inFlight.values());
    inFlight.clear();
    return sent;
  }
}
