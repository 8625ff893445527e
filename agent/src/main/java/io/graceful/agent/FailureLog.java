package io.graceful.agent;

import io.graceful.log.Log;
import java.util.function.Consumer;

/** Writes what nobody expected to fail; the agent goes on. */
final class FailureLog implements Consumer<Throwable> {

  private final Log log;

  FailureLog(Log log) {
    this.log = log;
  }

  @Override
  public void accept(Throwable failure) {
    StackTraceElement[] trace = failure.getStackTrace();
    log.error("bug, please report: " + failure + (trace.length == 0 ? "" : " at " + trace[0]));
  }
}
