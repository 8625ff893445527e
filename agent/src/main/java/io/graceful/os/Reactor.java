package io.graceful.os;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One thread that waits for descriptors, deadlines and posted work, and does everything itself:
 * what it owns needs no lock. Costs nothing while nothing happens (poll(2)).
 */
public final class Reactor implements Runnable {

  private static final short POLLIN = 1;

  private final Libc libc;
  private final int wakeUp;
  private final Consumer<Throwable> onFailure;
  private final ConcurrentLinkedQueue<Runnable> posted = new ConcurrentLinkedQueue<>();
  private final Map<Integer, Runnable> watched = new LinkedHashMap<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();

  /**
   * @param onFailure told of what a callback throws; the loop goes on
   */
  public Reactor(Libc libc, Consumer<Throwable> onFailure) throws ErrnoException {
    this.libc = libc;
    this.onFailure = onFailure;
    this.wakeUp = libc.eventCounter();
    // Classes, not lambdas, on the way of every start: those cost the JVM several milliseconds and
    // megabytes.
    watched.put(
        wakeUp,
        new Runnable() {
          @Override
          public void run() {
            libc.take(wakeUp);
          }
        });
  }

  /** From any thread: runs the task on the reactor's thread. */
  public void post(Runnable task) {
    posted.add(task);
    try {
      libc.add(wakeUp);
    } catch (ErrnoException full) {
      // EAGAIN: the counter is at its maximum, so the thread is being woken anyway.
    }
  }

  /**
   * Calls back whenever the descriptor is readable, at EOF, or in error. The caller keeps owning
   * it.
   */
  public void watch(int fd, Runnable callback) {
    watched.put(fd, callback);
  }

  /**
   * Calls back no more. In the same turn in which the descriptor is closed: another file may get
   * its number soon. Does nothing if it is not watched.
   */
  public void unwatch(int fd) {
    watched.remove(fd);
  }

  /** Calls back once, after this many ms, unless cancelled. */
  public Timer after(long millis, Runnable callback) {
    Timer timer = new Timer(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis), callback);
    timers.add(timer);
    return timer;
  }

  /** A deadline that can be called off. */
  public final class Timer implements Comparable<Timer> {
    private final long at;
    private final Runnable callback;

    private Timer(long at, Runnable callback) {
      this.at = at;
      this.callback = callback;
    }

    public void cancel() {
      timers.remove(this);
    }

    @Override
    public int compareTo(Timer other) {
      return Long.signum(at - other.at);
    }
  }

  @Override
  public void run() {
    while (true) {
      try {
        turn();
      } catch (Throwable failure) {
        onFailure.accept(failure);
      }
    }
  }

  private void turn() {
    for (Runnable task = posted.poll(); task != null; task = posted.poll()) {
      guarded(task);
    }
    while (!timers.isEmpty() && timers.peek().at - System.nanoTime() <= 0) {
      guarded(timers.poll().callback);
    }
    for (int fd : readable(posted.isEmpty() ? millisToNextTimer() : 0)) {
      Runnable callback = watched.get(fd);
      if (callback != null) {
        guarded(callback);
      }
    }
  }

  private int millisToNextTimer() {
    if (timers.isEmpty()) {
      return -1;
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(timers.peek().at - System.nanoTime()) + 1;
    return (int) Math.max(0, Math.min(millis, Integer.MAX_VALUE));
  }

  private List<Integer> readable(int timeoutMillis) {
    List<Integer> fds = new ArrayList<>(watched.keySet());
    List<Integer> ready = new ArrayList<>();
    try (NativeMemory polls = new NativeMemory(8 * fds.size())) {
      for (int i = 0; i < fds.size(); i++) {
        polls.bytes.putInt(8 * i, fds.get(i)).putShort(8 * i + 4, POLLIN);
      }
      libc.calls.call("poll", polls.address, fds.size(), timeoutMillis);
      for (int i = 0; i < fds.size(); i++) {
        if (polls.bytes.getShort(8 * i + 6) != 0) {
          ready.add(fds.get(i));
        }
      }
    }
    return ready;
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable failure) {
      onFailure.accept(failure);
    }
  }

  /**
   * Waits on the calling thread, outside the loop, until the descriptor is readable. A signal that
   * meets the thread meanwhile changes nothing.
   */
  public static boolean awaitReadable(Libc libc, int fd, int timeoutMillis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    try (NativeMemory poll = new NativeMemory(8)) {
      poll.bytes.putInt(0, fd).putShort(4, POLLIN);
      long left = timeoutMillis;
      while (true) {
        int ready = (int) libc.calls.call("poll", poll.address, 1, left);
        if (ready >= 0 || libc.calls.errno() != ErrnoException.EINTR) {
          return ready > 0;
        }
        left = Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
      }
    }
  }
}
