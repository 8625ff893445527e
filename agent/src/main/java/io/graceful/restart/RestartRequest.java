package io.graceful.restart;

import io.graceful.config.Durations;
import io.graceful.process.OtherCommand;

/** What somebody wants who asks for a restart. */
public final class RestartRequest {

  final String source;
  final Progress progress;
  final String readyTimeout;
  final boolean hold;
  final OtherCommand command;
  final Newcomer newcomer;

  /**
   * @param source for the log: who wants it
   * @param progress hears how it goes on, if it begins
   * @param readyTimeout as {@link Durations} has it; null for the one that was configured
   * @param command what to start; null for the command line of this process
   * @param hold whether to wait, when the successor is ready, for {@link Lifecycle#commit}
   */
  public RestartRequest(
      String source, Progress progress, String readyTimeout, OtherCommand command, boolean hold) {
    this(source, progress, readyTimeout, command, hold, null);
  }

  private RestartRequest(
      String source,
      Progress progress,
      String readyTimeout,
      OtherCommand command,
      boolean hold,
      Newcomer newcomer) {
    this.source = source;
    this.progress = progress;
    this.readyTimeout = readyTimeout;
    this.command = command;
    this.hold = hold;
    this.newcomer = newcomer;
  }

  /** Nothing is started: there is a process already that is to take over. */
  public static RestartRequest by(String source, Progress progress, Newcomer newcomer) {
    return new RestartRequest(source, progress, null, null, false, newcomer);
  }

  /** Nobody waits for how it ends. */
  static RestartRequest bySignal(String source) {
    return new RestartRequest(source, new Progress() {}, null, null, false);
  }
}
