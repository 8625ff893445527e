package io.graceful.relay;

import java.nio.ByteBuffer;

/** What the app sends from the beginning of a response on: responses, one after the other. */
final class ResponseStream {

  private final RequestStream requests;
  private Asked asked;
  private Head head = Head.ofResponse();
  private Body body;
  private boolean hasBodyBytes;
  private boolean recognized;
  private boolean broken;
  private boolean over;
  private boolean switched;

  /**
   * @param requests that are answered
   */
  ResponseStream(RequestStream requests) {
    this.requests = requests;
  }

  private ResponseStream(RequestStream requests, ResponseStream before) {
    this(requests);
    this.asked = before.asked;
    this.head = before.head;
    this.body = before.body;
    this.hasBodyBytes = before.hasBodyBytes;
    this.recognized = before.recognized;
  }

  /** Answers to requests that were sent before we looked. */
  static ResponseStream toUnknown() {
    return new ResponseStream(null);
  }

  /** The same stream, when the requests become known from here on. */
  ResponseStream answering(RequestStream known) {
    return new ResponseStream(known, this);
  }

  void read(ByteBuffer bytes, int from, int to) {
    int at = from;
    while (at < to && !broken && !over) {
      if (asked == null && !begin()) {
        return;
      }
      if (body == null) {
        at = head.read(bytes, at, to);
        broken = head.isBroken();
        recognized |= head.hasStartLine() && !broken;
        if (head.isComplete() && !broken) {
          endOfHead();
        }
      } else {
        at = body.read(bytes, at, to);
        hasBodyBytes = true;
        broken = body.isBroken();
      }
      if (body != null && body.isComplete()) {
        endOfResponse();
      }
    }
  }

  private boolean begin() {
    asked = requests == null ? Asked.UNKNOWN : requests.answer();
    // Nothing was asked, or not to the end: a refusal, after which the connection is closed.
    broken = asked == null;
    return !broken;
  }

  private void endOfHead() {
    int status = head.status();
    if (status == 101 || asked.isConnect() && status / 100 == 2) {
      over = true;
      switched = true;
    } else if (status / 100 == 1) {
      head = Head.ofResponse(); // The answer itself is still to come (RFC 9110, 15.2).
    } else if (asked.isHead() || status == 204 || status == 304) {
      body = Body.none();
    } else if (head.isChunked()) {
      body = new ChunkedBody();
    } else if (head.hasCoding() || head.contentLength() == Head.NO_LENGTH) {
      over = true; // It ends with the connection.
    } else {
      body = Body.ofLength(head.contentLength());
    }
  }

  private void endOfResponse() {
    over = head.isLast() || asked.isLast();
    asked = null;
    body = null;
    hasBodyBytes = false;
    head = Head.ofResponse();
  }

  /** Whether the next byte is the first of a response. */
  boolean isBetween() {
    return asked == null && !broken && !over;
  }

  /** Whether an interim response has passed (100, 103), and nothing yet of the final one. */
  boolean isAwaitingFinal() {
    return asked != null && body == null && head.isUntouched();
  }

  /**
   * Whether this may be the end all the same: the head promises a body, but we don't know whether
   * the request was HEAD.
   */
  boolean mayBeOver() {
    return asked == Asked.UNKNOWN && body != null && !hasBodyBytes && !head.isLast();
  }

  /** Whether it began as HTTP does. */
  boolean isRecognized() {
    return recognized;
  }

  /** Whether it is no HTTP, or such that two readers could read it differently. */
  boolean isBroken() {
    return broken;
  }

  /**
   * Whether no further response can follow: another protocol has begun, or the app closes the
   * connection.
   */
  boolean isOver() {
    return over;
  }

  /** Whether another protocol has begun (RFC 9110, 15.2.2 and 9.3.6). */
  boolean hasSwitched() {
    return switched;
  }
}
