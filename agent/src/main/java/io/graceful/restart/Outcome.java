package io.graceful.restart;

/** How a restart has ended, for the operator who asks later. */
public final class Outcome {

  private final long at;
  private final int pid;
  private final long millis;
  private final String failure;

  /**
   * @param at when it began, in ms after 1970 (UTC)
   * @param pid of the new process; 0 if there was none
   * @param millis from then until it was decided
   * @param failure why it has failed; null if the new process took over
   */
  Outcome(long at, int pid, long millis, String failure) {
    this.at = at;
    this.pid = pid;
    this.millis = millis;
    this.failure = failure;
  }

  /** When it began, in ms after 1970 (UTC). */
  public long at() {
    return at;
  }

  /** Of the new process; 0 if there was none. */
  public int pid() {
    return pid;
  }

  /** From then until it was decided. */
  public long millis() {
    return millis;
  }

  /** Why it has failed; null if the new process took over. */
  public String failure() {
    return failure;
  }
}
