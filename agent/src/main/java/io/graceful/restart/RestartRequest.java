package io.graceful.restart;

import io.graceful.config.Durations;

/** What somebody wants who asks for a restart. */
public final class RestartRequest {

  final String source;
  final Progress progress;
  final String readyTimeout;
  final boolean hold;

  /**
   * @param source for the log: who wants it
   * @param progress hears how it goes on, if it begins
   * @param readyTimeout as {@link Durations} has it; null for the one that was configured
   * @param hold whether to wait, when the successor is ready, for {@link Lifecycle#commit}
   */
  public RestartRequest(String source, Progress progress, String readyTimeout, boolean hold) {
    this.source = source;
    this.progress = progress;
    this.readyTimeout = readyTimeout;
    this.hold = hold;
  }

  /** Nobody waits for how it ends. */
  static RestartRequest bySignal(String source) {
    return new RestartRequest(source, new Progress() {}, null, false);
  }
}
