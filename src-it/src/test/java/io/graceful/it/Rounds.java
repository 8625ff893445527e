package io.graceful.it;

import io.graceful.it.app.Server;
import io.graceful.it.jvm.Await;
import java.util.concurrent.TimeUnit;

/** A conversation that goes on in the background, round after round, until it is told to stop. */
final class Rounds implements AutoCloseable {
  private final String name;
  private final Round round;
  private final Thread thread;
  private volatile int completed;
  private volatile boolean stopped;
  private volatile Throwable failure;

  private Rounds(String name, Round round) {
    this.name = name;
    this.round = round;
    this.thread = new Thread(this::run, "rounds-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * @param round throws whatever it likes when something is wrong, which ends the conversation
   */
  static Rounds start(String name, Round round) {
    return new Rounds(name, round);
  }

  /** Returns when a round that begins after this call has ended. */
  void awaitAnother() {
    int before = completed;
    Await.until(
        "two more rounds of " + name,
        Server.LIMIT,
        () -> {
          check();
          return completed >= before + 2;
        });
  }

  /**
   * Returns when the round in progress has ended.
   *
   * @return how many there were
   */
  int stop() throws InterruptedException {
    stopped = true;
    thread.join(TimeUnit.SECONDS.toMillis(Server.LIMIT.toSeconds()));
    check();
    if (thread.isAlive()) {
      throw new AssertionError(name + ": round " + (completed + 1) + " doesn't end");
    }
    return completed;
  }

  @Override
  public void close() {
    stopped = true;
    thread.interrupt();
  }

  private void run() {
    try {
      while (!stopped) {
        round.run(completed + 1);
        completed++; // by this thread only
      }
    } catch (Throwable e) {
      failure = e;
    }
  }

  private void check() {
    if (failure != null) {
      throw new AssertionError(
          name + ": round " + (completed + 1) + " failed: " + failure, failure);
    }
  }

  interface Round {
    /**
     * @param number 1 for the first
     */
    void run(int number) throws Exception;
  }
}
