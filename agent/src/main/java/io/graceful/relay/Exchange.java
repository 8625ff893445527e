package io.graceful.relay;

import io.graceful.relay.RequestLine.Match;
import java.nio.ByteBuffer;

/**
 * Judges where a connection may change hands: follows what client and app say to each other, and
 * tells whether the client's next bytes begin an HTTP/1.x request before which nothing lies open.
 *
 * <p>What it has framed itself, from one boundary on, it is certain of. Of what happened before it
 * looked it only knows who spoke last: then a boundary is plausible where the app is silent for a
 * while and the client begins a request. In doubt the app keeps the connection. No I/O, no clock.
 */
final class Exchange {

  /** An app that has more to say says it within this time. */
  static final long SILENCE_MILLIS = 20;

  /** For how long a client's bytes are kept back at most. */
  static final long PATIENCE_MILLIS = 1000;

  private boolean admitted;
  private boolean fresh;
  private boolean opaque;
  private boolean foreign;

  /**
   * What seemed to be a boundary was none: it is another protocol, or we are in the middle of a
   * request. The latter shows by an answer.
   */
  private boolean lost;

  private boolean proven;

  /** Whether all that lies open is known, so that no silence has to prove that there is no more. */
  private boolean certain;

  /** From a request boundary on; null while we are somewhere in a request that we don't know. */
  private RequestStream requests;

  /** From the beginning of a response on; null while we are somewhere in one. */
  private ResponseStream responses;

  private boolean appSpokeLast;
  private boolean appSpokeUnframed;

  /** The client's next bytes were judged to begin a request. */
  private boolean atRequest;

  Exchange(History history) {
    begin(history);
  }

  private void begin(History history) {
    fresh = history == History.FRESH;
    appSpokeLast = history.isQuiet();
    responses = history == History.BUSY ? ResponseStream.toUnknown() : null;
  }

  /**
   * Until this, a thread of the app may have read from the client directly, so that answers may
   * come to what was never seen here.
   */
  void admit() {
    admitted = true;
  }

  /**
   * As {@link #admit()}.
   *
   * @param history a second look at it
   */
  void admit(History history) {
    admit();
    boolean appHasSpoken = appSpokeUnframed || responses != null && responses.isRecognized();
    if (!opaque && history != History.FRESH && !(history.isQuiet() && appHasSpoken)) {
      begin(history);
    }
  }

  /**
   * @param bytes that the client sent next, unread; from {@code from} to {@code to}
   * @param silentMillis since the app's last byte
   * @param heldMillis since these bytes were there
   */
  Verdict judge(ByteBuffer bytes, int from, int to, long silentMillis, long heldMillis) {
    atRequest = false;
    if (!mayBeBoundary()) {
      return Verdict.FORWARD;
    }
    boolean isKnown = fresh || certain;
    Match match = isKnown ? RequestLine.match(bytes, from, to) : matchUsualHead(bytes, from, to);
    if (match == Match.NO) {
      foreign = true;
      opaque = isKnown;
      lost = true;
      responses = null;
      return Verdict.FORWARD;
    }
    proven |= match == Match.YES;
    atRequest = true;
    if (heldMillis >= PATIENCE_MILLIS && (match == Match.MORE || isAnswerOpen())) {
      return Verdict.FORWARD;
    }
    if (isAnswerOpen()) {
      // The client is ahead of the app, which would not look at this before it has answered.
      return Verdict.waitFor(PATIENCE_MILLIS - heldMillis);
    }
    if (match == Match.MORE) {
      return Verdict.more(PATIENCE_MILLIS - heldMillis);
    }
    if (fresh || certain || silentMillis >= SILENCE_MILLIS) {
      return Verdict.MOVE;
    }
    return Verdict.waitFor(SILENCE_MILLIS - silentMillis);
  }

  /**
   * Where a boundary is only believed a request line is not enough, since it may stand in the midst
   * of something else: it takes a whole head, or as much of it as we look at.
   */
  private static Match matchUsualHead(ByteBuffer bytes, int from, int to) {
    Match line = RequestLine.match(bytes, from, to);
    if (line == Match.NO || !RequestLine.isUsual(bytes, from, to)) {
      return Match.NO;
    }
    Head head = Head.ofRequest();
    head.read(bytes, from, to);
    if (head.isBroken()) {
      return Match.NO;
    }
    boolean isEnough = head.isComplete() || to - from >= RequestLine.LOOK;
    return line == Match.YES && !isEnough ? Match.MORE : line;
  }

  /** Whether the client's next bytes have to be judged; if not, they are the app's. */
  boolean mayBeBoundary() {
    if (opaque) {
      return false;
    }
    if (requests != null) {
      return requests.isBetween();
    }
    if (lost && !hasSeenAnswer()) {
      return false;
    }
    return fresh || appSpokeLast && !(responses != null && responses.isAwaitingFinal());
  }

  /** One that began as HTTP does, right after the client's last bytes, and is complete. */
  private boolean hasSeenAnswer() {
    return responses != null && responses.isRecognized() && (responses.isBetween() || mayBeOver());
  }

  private boolean isAnswerOpen() {
    if (requests != null && requests.hasUnanswered()) {
      return true;
    }
    return responses != null && !responses.isBetween() && !mayBeOver();
  }

  /** These bytes go to the app. */
  void fromClient(ByteBuffer bytes, int from, int to) {
    if (opaque || from == to) {
      return;
    }
    if (fresh || atRequest) {
      follow();
    }
    fresh = false;
    atRequest = false;
    appSpokeLast = false;
    if (requests == null) {
      // Somewhere in a request. What the app sends next may be the beginning of the answer.
      responses = ResponseStream.toUnknown();
      appSpokeUnframed = false;
      return;
    }
    requests.read(bytes, from, to);
    opaque = requests.isBroken();
  }

  /** A request begins: from here on it is known what the client asks. */
  private void follow() {
    boolean ahead = isAnswerOpen();
    if (requests == null) {
      requests = new RequestStream();
      responses = ahead ? responses.answering(requests) : new ResponseStream(requests);
    }
    // A client that is ahead of the app may be so by more requests than we have seen.
    certain |= !ahead;
  }

  /** These bytes go to the client. */
  void fromApp(ByteBuffer bytes, int from, int to) {
    if (opaque || from == to) {
      return;
    }
    if (fresh && !admitted) {
      begin(History.BUSY);
    }
    // Nobody speaks before the client in HTTP; nor without being asked.
    foreign = fresh;
    opaque = fresh || requests == null && responses == null && atRequest;
    appSpokeLast = true;
    atRequest = false;
    if (opaque) {
      return;
    }
    if (responses == null) {
      appSpokeUnframed = true;
      return;
    }
    responses.read(bytes, from, to);
    if (responses.isBroken() && requests == null && !responses.isRecognized()) {
      responses = null; // Somewhere in a response.
      appSpokeUnframed = true;
    } else {
      opaque = responses.isBroken() || responses.isOver();
      foreign = responses.hasSwitched();
    }
  }

  /** Whether it will never be judged: another protocol, or one that we lost the thread of. */
  boolean isOpaque() {
    return opaque || lost && !hasSeenAnswer();
  }

  /** Whether it has shown to carry another protocol than HTTP/1.x. */
  boolean isForeign() {
    return foreign;
  }

  /** Whether a request line was seen at a boundary. */
  boolean hasProvenHttp() {
    return proven;
  }

  /** Whether nothing lies open as far as anybody can tell. Not what ends where nobody saw it. */
  boolean isComplete() {
    if (isOpaque() || isOpen()) {
      return false;
    }
    return fresh || requests != null || !appSpokeUnframed && !mayBeOver();
  }

  /** Whether that is known, not believed. */
  boolean isCertain() {
    return fresh || certain;
  }

  private boolean mayBeOver() {
    return responses != null && responses.mayBeOver();
  }

  /** Whether a request or an answer is known to be under way. */
  boolean isOpen() {
    if (opaque || fresh) {
      return false;
    }
    boolean clientIsSpeaking = requests != null ? !requests.isBetween() : !appSpokeLast;
    return clientIsSpeaking || isAnswerOpen();
  }

  /** For a debug line. */
  @Override
  public String toString() {
    return (fresh ? "fresh " : "")
        + (opaque ? "opaque " : "")
        + (lost ? "lost " : "")
        + (certain ? "certain " : "")
        + (appSpokeLast ? "app spoke last " : "")
        + (requests == null ? "" : "requests known ")
        + (isAnswerOpen() ? "an answer is open" : "no answer is open");
  }
}
