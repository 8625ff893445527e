package io.graceful.sockets;

import java.io.IOException;

/**
 * Keeps the app's threads out of the calls that close a descriptor, or change its place in an
 * epoll, while one of ours exchanges what it refers to.
 */
public interface Exclusion {

  /** Where nothing keeps them out: they may then see a descriptor between two states. */
  Exclusion NONE = Exchange::run;

  /** What is done meanwhile; the app waits, so it is short. */
  interface Exchange {
    void run() throws IOException;
  }

  /** Returns when it is done. */
  void during(Exchange exchange) throws IOException;
}
