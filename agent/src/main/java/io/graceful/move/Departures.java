package io.graceful.move;

import io.graceful.log.Log;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Connections on their way to the successor: a bounded number is there and not accepted yet, the
 * others wait for their turn. Until its app has accepted one, it can still go on here.
 */
final class Departures {

  private static final int MOST_IN_FLIGHT = 64;

  private final Log log;
  private final Interposer.Successor successor;
  private final Map<Integer, Interposed> inFlight = new HashMap<>();
  private final Deque<Interposed> waiting = new ArrayDeque<>();
  private int lastId;

  Departures(Log log, Interposer.Successor successor) {
    this.log = log;
    this.successor = successor;
  }

  /** Nothing of it moves here any more, until it is back. */
  void add(Interposed one) {
    one.relayed.suspend();
    one.state = Interposed.State.LEAVING;
    waiting.add(one);
    sendWaiting();
  }

  private void sendWaiting() {
    while (hasRoom() && !waiting.isEmpty()) {
      send(waiting.poll());
    }
  }

  private void send(Interposed one) {
    int id = ++lastId;
    inFlight.put(id, one);
    try {
      successor.send(id, one.listener, one.relayed.socket());
    } catch (IOException successorGone) {
      // We hear of that by its end; until then nothing of the connection moves.
      log.debug("can't send a connection: " + successorGone.getMessage());
    }
  }

  boolean hasRoom() {
    return inFlight.size() < MOST_IN_FLIGHT;
  }

  int size() {
    return inFlight.size() + waiting.size();
  }

  /** The successor has answered; null if it did before, or the id is none. */
  Interposed arrived(int id) {
    Interposed one = inFlight.remove(id);
    sendWaiting();
    return one;
  }

  /** Those that the successor has in its queue; they count as arrived then. */
  List<Interposed> takeSent() {
    List<Interposed> sent = new ArrayList<>(inFlight.values());
    inFlight.clear();
    return sent;
  }

  /** Those that did not get that far. */
  List<Interposed> takeWaiting() {
    List<Interposed> left = new ArrayList<>(waiting);
    waiting.clear();
    return left;
  }
}
