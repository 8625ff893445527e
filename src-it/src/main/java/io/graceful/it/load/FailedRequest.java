package io.graceful.it.load;

import java.time.LocalTime;

/**
 * A request that was not answered as it should.
 *
 * @param at when that was seen
 * @param begun when it began, by {@link System#nanoTime()}
 * @param ended when that was seen, likewise
 * @param connection the client's port
 * @param lastAnsweredBy the process that answered the request before it on the same connection; 0
 *     if there was none
 */
public record FailedRequest(
    LocalTime at,
    long begun,
    long ended,
    Failure failure,
    String connection,
    long lastAnsweredBy,
    String detail) {
  @Override
  public String toString() {
    String history = lastAnsweredBy == 0 ? "" : " (answered by " + lastAnsweredBy + " before)";
    return at + " " + failure + " on " + connection + history + ": " + detail;
  }
}
