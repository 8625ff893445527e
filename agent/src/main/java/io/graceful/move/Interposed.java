package io.graceful.move;

import io.graceful.relay.Connection;
import io.graceful.sockets.ListenerKey;
import io.graceful.sockets.OpenConnection;

/** A connection that was taken from the app, which holds one end of a socket pair in its place. */
final class Interposed {

  enum State {
    /** A thread of the app may still be inside of a call on the real connection. */
    SETTLING,
    /** Its bytes go through us. */
    RELAYED,
    /** Between two requests, and between two processes. */
    LEAVING,
    /** The app has a plug, and gets it again when what it has written before has arrived. */
    RETURNING
  }

  /** The app's number, for as long as it refers to the stand-in. */
  final int appFd;

  /** Of the real connection. */
  final long clientInode;

  final long standInInode;
  final ListenerKey listener;

  /** Just before it was taken. */
  final Past past;

  final Connection relayed;
  State state = State.SETTLING;

  /** When it became LEAVING, by System.nanoTime(). */
  long leftAt;

  /** When it became LEAVING: what the successor had not touched then; null if unknown. */
  Past left;

  /** What the app has while it is RETURNING, else null. */
  private Plug plug;

  /** Since the successor's app would not accept it; null if it never was asked in vain. */
  private Pause stay;

  Interposed(OpenConnection connection, long standInInode, Past past, Connection relayed) {
    this.appFd = connection.fd();
    this.clientInode = connection.inode();
    this.listener = connection.listener();
    this.standInInode = standInInode;
    this.past = past;
    this.relayed = relayed;
  }

  void plugWith(Plug inItsPlace) {
    plug = inItsPlace;
  }

  boolean isPlugged() {
    return plug != null;
  }

  Plug plug() {
    return plug;
  }

  /** The caller owns it then. */
  Plug takePlug() {
    Plug taken = plug;
    plug = null;
    return taken;
  }

  /** The successor's app would not accept it: the next try is a while later. */
  void wasRejected() {
    stay = Pause.after(stay);
  }

  /** Whether it may be sent, as far as the successor is concerned. */
  boolean mayLeave() {
    return state == State.RELAYED && (stay == null || stay.isOver());
  }

  @Override
  public String toString() {
    return relayed + ", " + state + (stay == null ? "" : ", was rejected");
  }
}
