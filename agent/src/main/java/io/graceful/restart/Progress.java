package io.graceful.restart;

import io.graceful.sockets.ListenerKey;

/** Hears how a restart goes on, in the predecessor. On the reactor's thread. */
public interface Progress {

  /** The successor's process is there. */
  default void spawned(int pid) {}

  /** Its JVM runs the agent. */
  default void agentStarted() {}

  /**
   * Its app has bound a listener.
   *
   * @param claimed how many by now
   * @param all how many there are
   */
  default void claimed(ListenerKey listener, int claimed, int all) {}

  /** It accepts on all of them, and so does this process. */
  default void accepting(int successor) {}

  /** That stays so until the operator decides. */
  default void held(int successor) {}

  /** This process doesn't accept any more. */
  default void handedOver(int successor) {}

  /**
   * This process waits for connections to end or move.
   *
   * @param moved how many have moved by now
   * @param left how many have not
   */
  default void draining(int moved, int left) {}

  /** The restart did not come about, or was taken back; this process serves. */
  default void failed(String reason) {}

  /** This process exits. */
  default void done() {}
}
