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
   * @param millis from the signal until it was decided
   * @param failure why it has failed; null if the new process took over
   */
  Outcome(long at, int pid, long millis, String failure) {
    this.at = at;
    this.pid = pid;
    this.millis = millis;
    this.failure = failure;
  }

  public long at() {
    return at;
  }

  public int pid() {
    return pid;
  }

  public long millis() {
    return millis;
  }

  public String failure() {
    return failure;
  }
}
