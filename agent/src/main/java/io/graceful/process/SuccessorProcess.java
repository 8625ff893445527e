package io.graceful.process;

/** A process that is to take over, or has. For the reactor's thread only. */
public interface SuccessorProcess {

  /** An end of which only its parent knows more. */
  String ENDED = "ended";

  int pid();

  /** Readable once the process has ended; -1 if this kernel has no such thing (before 5.3). */
  int handle();

  /**
   * Whether it has ended, and as far as that is known how; the handle is closed then.
   *
   * @return in words for a message: {@code exited with 1}; null if it still runs
   */
  String end();

  /** Asks it to end, or makes it; does nothing if it has ended. */
  void signal(int signal);
}
