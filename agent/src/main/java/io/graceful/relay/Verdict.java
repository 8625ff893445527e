package io.graceful.relay;

/** What to do with the bytes that a client has sent and nobody has read yet. */
final class Verdict {

  enum Kind {
    /** They begin a request, and nothing lies open before it. */
    MOVE,
    /** They begin a request, but ask again after some time, or when the app has sent something. */
    WAIT,
    /** They may begin a request: ask again when there are more, or after some time. */
    MORE,
    /** They are for the app that has the connection. */
    FORWARD
  }

  static final Verdict MOVE = new Verdict(Kind.MOVE, 0);
  static final Verdict FORWARD = new Verdict(Kind.FORWARD, 0);

  final Kind kind;
  final long millis;

  private Verdict(Kind kind, long millis) {
    this.kind = kind;
    this.millis = millis;
  }

  static Verdict waitFor(long millis) {
    return new Verdict(Kind.WAIT, millis);
  }

  /**
   * @param millis how long to wait for them
   */
  static Verdict more(long millis) {
    return new Verdict(Kind.MORE, millis);
  }

  @Override
  public String toString() {
    return millis == 0 ? kind.toString() : kind + "(" + millis + ")";
  }
}
