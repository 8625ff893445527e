package io.graceful.drain;

/**
 * Judges one connection from outside the app, by what the kernel saw of it: whether a request is in
 * progress.
 *
 * <p>A connection is busy while something that the client sent has not been answered, while the app
 * has not read or the client not received everything, and for a quiet time after anything moved, as
 * a response may pause. The doubt that remains: a response that pauses for longer than the quiet
 * time looks like one that is complete.
 */
final class Activity {

  /**
   * Alternations of request and response after which a connection is taken for one that is kept
   * alive and in use.
   */
  private static final int CONVERSATION = 2;

  private long receivedWhenAnswered;
  private int segmentsWhenAnswered;
  private int exchanges;

  /** What the kernel tells of a connection; ages in ms. */
  static final class Sample {
    long bytesReceived;
    long receivedAgo;
    long sentAgo;
    int segmentsSent;
    int unread;
    int unsent;
  }

  /**
   * @param quietMillis see {@link io.graceful.config.Option#DRAIN_QUIET}
   */
  boolean isBusy(Sample now, long quietMillis) {
    boolean unanswered =
        now.bytesReceived > 0 && (now.segmentsSent == 0 || now.receivedAgo < now.sentAgo);
    if (!unanswered) {
      if (now.bytesReceived > receivedWhenAnswered) {
        exchanges++;
      } else if (now.segmentsSent > segmentsWhenAnswered) {
        exchanges = 0; // A response that goes on and on.
      }
      receivedWhenAnswered = now.bytesReceived;
      segmentsWhenAnswered = now.segmentsSent;
    }
    if (unanswered || now.unread > 0 || now.unsent > 0) {
      return true;
    }
    boolean quiet = Math.min(now.receivedAgo, now.sentAgo) >= quietMillis;
    // Requests come and are answered all the time: between two of them nothing is in progress.
    boolean inConversation = exchanges > CONVERSATION;
    return !quiet && !inConversation;
  }
}
