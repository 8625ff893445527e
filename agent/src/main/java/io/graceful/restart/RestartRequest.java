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

  /**
   * @param source for the log: who wants it
   * @param progress hears how it goes on, if it begins
   * @param readyTimeout as {@link Durations} has it; null for the one that was configured
   * @param command what to start; null for the command line of this process
   * @param hold whether to wait, when the successor is ready, for {@link Lifecycle#commit}
   */
  public RestartRequest(
      String source, Progress progress, String readyTimeout, OtherCommand command, boolean hold) {
    this.source = source;
    this.progress = progress;
    this.readyTimeout = readyTimeout;
    this.command = command;
    this.hold = hold;
  }

  /** Nobody waits for how it ends. */
  static RestartRequest bySignal(String source) {
    return new RestartRequest(source, new Progress() {}, null, null, false);
  }
}
