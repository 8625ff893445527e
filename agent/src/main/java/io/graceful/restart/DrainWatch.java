package io.graceful.restart;

import io.graceful.drain.Drain;
import io.graceful.os.Reactor;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Looks at a drain until nothing is busy any more, or time is up. */
final class DrainWatch {

  private static final long FIRST_LOOK_MILLIS = 10;
  private static final long LAST_LOOK_MILLIS = 100;

  /** The pause after a look, at least, in times that it took. */
  private static final int LOOK_SHARE = 10;

  /** A connection may be on its way out of accept while the first looks are taken. */
  private static final int LEAST_LOOKS = 3;

  private final Reactor reactor;
  private final Drain drain;
  private final long started = System.nanoTime();
  private long timeoutMillis;
  private final IntConsumer onLook;
  private final Consumer<String> whenOver;
  private int looks;
  private long pause = FIRST_LOOK_MILLIS;
  private boolean cancelled;

  /**
   * @param onLook told how many are waited for, at each look
   * @param whenOver told once, in words for a log line, how it ended
   */
  DrainWatch(
      Reactor reactor,
      Drain drain,
      long timeoutMillis,
      IntConsumer onLook,
      Consumer<String> whenOver) {
    this.reactor = reactor;
    this.drain = drain;
    this.timeoutMillis = timeoutMillis;
    this.onLook = onLook;
    this.whenOver = whenOver;
  }

  void start() {
    look();
  }

  void cancel() {
    cancelled = true;
  }

  /** From now on there is no more time than this. */
  void hurry(long millis) {
    long elapsed = (System.nanoTime() - started) / 1_000_000;
    timeoutMillis = Math.min(timeoutMillis, elapsed + millis);
  }

  private void look() {
    if (cancelled) {
      return;
    }
    Drain.Census census;
    long begin = System.nanoTime();
    boolean timeIsUp = begin - started >= timeoutMillis * 1_000_000;
    try {
      census = timeIsUp ? drain.count() : drain.look();
    } catch (IOException blind) {
      whenOver.accept("can't see the connections any more: " + blind.getMessage());
      return;
    }
    looks++;
    onLook.accept(census.busy());
    long elapsed = (System.nanoTime() - started) / 1_000_000;
    if (census.busy() == 0 && looks >= LEAST_LOOKS) {
      whenOver.accept(
          "drained in "
              + elapsed
              + " ms"
              + (census.idle() == 0 ? "" : ", idle connections: " + census.idle()));
    } else if (timeIsUp) {
      whenOver.accept(
          "time is up after " + elapsed + " ms, connections still in use: " + census.busy());
    } else {
      // Where there are thousands of connections a look takes long, and others need the CPU.
      long lookMillis = (System.nanoTime() - begin) / 1_000_000;
      pause = Math.max(pause, LOOK_SHARE * lookMillis);
      reactor.after(Math.min(pause, Math.max(1, timeoutMillis - elapsed)), this::look);
      pause = Math.min(LAST_LOOK_MILLIS, pause * 2);
    }
  }
}
