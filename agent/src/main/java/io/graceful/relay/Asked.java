package io.graceful.relay;

/** What is known of the request that a response answers, as far as it decides where that ends. */
final class Asked {

  /** A request that was sent before we looked. */
  static final Asked UNKNOWN = new Asked("", false);

  private final String method;
  private final boolean last;

  private Asked(String method, boolean last) {
    this.method = method;
    this.last = last;
  }

  static Asked by(Head request) {
    return new Asked(request.method(), request.isLast());
  }

  boolean isHead() {
    return method.equals("HEAD");
  }

  boolean isConnect() {
    return method.equals("CONNECT");
  }

  /** Whether the client wants the connection to end with the answer. */
  boolean isLast() {
    return last;
  }
}
