package io.graceful.sockets;

import io.graceful.hooks.SharedGuard;
import io.graceful.os.Await;
import io.graceful.os.Epoll;
import java.util.concurrent.locks.Lock;

/**
 * Is told once that a client waits, and only then asks to be told again: under the guard, as the
 * app's threads do. It never accepts, so there always is something to tell.
 */
final class OneShotAcceptor implements AutoCloseable {

  private static final int EVENTS = Epoll.IN | Epoll.ONE_SHOT;

  private final Epoll epoll;
  private final int fd;
  private final SharedGuard guard = new SharedGuard();
  private final Thread thread = new Thread(this::run);
  private volatile Throwable failure;
  private volatile long told;
  private volatile boolean over;

  OneShotAcceptor(Epoll epoll, int fd) throws Exception {
    this.epoll = epoll;
    this.fd = fd;
    epoll.add(fd, EVENTS, 0);
    thread.start();
  }

  Exclusion exclusion() {
    return exchange -> {
      if (!guard.tryExclusive(30_000)) {
        throw new AssertionError("the app does not leave a guarded call");
      }
      try {
        exchange.run();
      } finally {
        guard.releaseExclusive();
      }
    };
  }

  /** Waits until it was told once more, and some. */
  void awaitMore() throws Exception {
    long before = told;
    Await.until("the app is told of a client, " + failure, () -> failure != null || told > before);
    if (failure != null) {
      throw new AssertionError("the app's own call", failure);
    }
  }

  @Override
  public void close() throws InterruptedException {
    over = true;
    thread.join();
  }

  private void run() {
    Lock app = guard.appSide();
    while (!over) {
      try {
        if (!epoll.ready().isEmpty()) {
          told++;
          app.lock();
          try {
            epoll.rearm(fd, EVENTS, 0);
          } finally {
            app.unlock();
          }
        }
      } catch (Throwable failed) {
        failure = failed;
        return;
      }
    }
  }
}
