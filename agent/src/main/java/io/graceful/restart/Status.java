package io.graceful.restart;

import io.graceful.drain.Drain;
import io.graceful.sockets.ListenerKey;
import java.util.List;

/** What this process is doing, for an operator. */
public final class Status {

  /** What it is doing; each is a word of the control protocol. */
  public enum State {
    /** Its app has not bound all that it has inherited. */
    STARTING,
    SERVING,
    /** A successor is starting. */
    RESTARTING,
    /** A successor is ready, both serve, and the operator decides. */
    HELD,
    /** A successor serves, and this process ends with its last connection. */
    DRAINING,
    /** It refuses new connections until the operator resumes it. */
    LAME_DUCK,
    STOPPING,
    /** It serves, and can't be restarted. */
    DISABLED
  }

  private final State state;
  private final String refusal;
  private final int generation;
  private final List<ListenerKey> listeners;
  private final Drain.Census connections;
  private final int relayed;
  private final int successor;
  private final List<Outcome> restarts;

  Status(
      State state,
      String refusal,
      int generation,
      List<ListenerKey> listeners,
      Drain.Census connections,
      int relayed,
      int successor,
      List<Outcome> restarts) {
    this.state = state;
    this.refusal = refusal;
    this.generation = generation;
    this.listeners = listeners;
    this.connections = connections;
    this.relayed = relayed;
    this.successor = successor;
    this.restarts = restarts;
  }

  public State state() {
    return state;
  }

  /** Why a restart would be refused now; null if it would not. */
  public String refusal() {
    return refusal;
  }

  public int generation() {
    return generation;
  }

  public List<ListenerKey> listeners() {
    return listeners;
  }

  /** Those that the app has. */
  public Drain.Census connections() {
    return connections;
  }

  /** How many were taken from the app and have not moved yet. */
  public int relayed() {
    return relayed;
  }

  /** The pid of the process that takes over, or has taken over; 0 if there is none. */
  public int successor() {
    return successor;
  }

  /** The last ones of this process, the oldest first. */
  public List<Outcome> restarts() {
    return restarts;
  }
}
