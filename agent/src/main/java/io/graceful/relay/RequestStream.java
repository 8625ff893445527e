package io.graceful.relay;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * What a client sends from a request boundary on: requests, one after the other, of which it keeps
 * those that were not answered yet.
 */
final class RequestStream {

  private final ArrayDeque<Asked> unanswered = new ArrayDeque<>(2);
  private Head head = Head.ofRequest();
  private Body body;
  private boolean broken;

  void read(ByteBuffer bytes, int from, int to) {
    int at = from;
    while (at < to && !broken) {
      if (body == null) {
        at = head.read(bytes, at, to);
        broken = head.isBroken();
        if (head.isComplete() && !broken) {
          unanswered.add(Asked.by(head));
          body = bodyOf(head);
        }
      } else {
        at = body.read(bytes, at, to);
        broken = body.isBroken();
      }
      if (body != null && body.isComplete()) {
        body = null;
        head = Head.ofRequest();
      }
    }
  }

  private static Body bodyOf(Head head) {
    if (head.isChunked()) {
      return new ChunkedBody();
    }
    return head.contentLength() > 0 ? Body.ofLength(head.contentLength()) : Body.none();
  }

  /** Whether the next byte is the first of a request. */
  boolean isBetween() {
    return body == null && head.isUntouched();
  }

  boolean hasUnanswered() {
    return !unanswered.isEmpty();
  }

  /** The request that the next response is for, or null. */
  Asked answer() {
    return unanswered.poll();
  }

  /** Whether it is no HTTP, or such that two readers could read it differently. */
  boolean isBroken() {
    return broken;
  }
}
