package io.graceful.os;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Makes the JVM's orderly exit wait for something that must not be left half done: a thread that
 * runs on while the JVM ends is cut off anywhere, its finally clauses included.
 */
final class DelayedExit extends Thread {

  /** Of an exit; what is waited for takes milliseconds. */
  private static final long LONGEST_SECONDS = 2;

  private final CountDownLatch done = new CountDownLatch(1);

  private DelayedExit() {
    super("graceful-exit");
  }

  /**
   * @throws IllegalStateException if the JVM is ending already; nothing must be begun then
   */
  static DelayedExit begin() {
    DelayedExit exit = new DelayedExit();
    Runtime.getRuntime().addShutdownHook(exit);
    return exit;
  }

  void end() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(this);
    } catch (IllegalStateException ending) {
      // It has been waiting for us.
    }
  }

  @Override
  public void run() {
    try {
      done.await(LONGEST_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException hurried) {
      currentThread().interrupt();
    }
  }
}
