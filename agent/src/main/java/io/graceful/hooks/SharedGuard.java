package io.graceful.hooks;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps the app's threads out of the calls that change a descriptor, while one thread of ours
 * exchanges some.
 *
 * <p>No {@code ReentrantReadWriteLock}: a guarded call that throws skips its {@code unlock}, and
 * there a hold that is lost can never be taken from its thread. Here it ends with the thread's next
 * guarded call, or when it is seen to be dead or asleep.
 */
public final class SharedGuard {

  /**
   * The app must never hang because of us: after a second it goes on, guard or no guard. In parts,
   * as the time in which the whole process gets no processor, or is stopped, is at most one of
   * them.
   */
  private static final int APP_WAITS = 20;

  private static final long APP_WAIT_MILLIS = 50;

  /** From the first moment that the exclusive side is asked for until it is given back. */
  private static final class Period {
    final Thread owner = Thread.currentThread();
    final CountDownLatch over = new CountDownLatch(1);
  }

  private final AppSide appSide = new AppSide();

  /** The threads that are in a guarded call. These are native and don't nest. */
  private final ConcurrentMap<Thread, Boolean> inside = new ConcurrentHashMap<>();

  private volatile Period period;

  /** One exchange at a time. */
  private final ReentrantLock turn = new ReentrantLock();

  /**
   * Held by an app's thread in a guarded call. {@code lock} returns after a second at the latest,
   * and {@code unlock} does nothing for a thread that does not hold it.
   */
  public Lock appSide() {
    return appSide;
  }

  /**
   * Waits until no thread is in a guarded call, and keeps them out from then on. Guarded calls of
   * the same thread go through. Waits before that while another thread has it, which takes no
   * longer.
   *
   * @return false if a thread stayed inside: it may be closing a socket that lingers
   */
  public boolean tryExclusive(long millis) {
    turn.lock();
    if (!becomeExclusive(millis)) {
      turn.unlock();
      return false;
    }
    return true;
  }

  private boolean becomeExclusive(long millis) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    inside.remove(Thread.currentThread());
    period = new Period();
    while (isAnyoneInside()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return forgetSleepers();
      }
      LockSupport.parkNanos(this, left);
    }
    return true;
  }

  /** Does nothing for a thread that does not have it. */
  public void releaseExclusive() {
    if (turn.isHeldByCurrentThread()) {
      letAppGo();
      turn.unlock();
    }
  }

  private void letAppGo() {
    Period ended = period;
    period = null;
    if (ended != null) {
      ended.over.countDown();
    }
  }

  /** By iteration: {@code isEmpty} adds up counters that may change meanwhile. */
  private boolean isAnyoneInside() {
    boolean anyone = false;
    for (Thread thread : inside.keySet()) {
      if (thread.isAlive()) {
        anyone = true;
      } else {
        inside.remove(thread);
      }
    }
    return anyone;
  }

  /**
   * A thread in a native call counts as runnable. One that sleeps has left its guarded call by an
   * exception.
   */
  private boolean forgetSleepers() {
    for (Thread thread : inside.keySet()) {
      if (thread.getState() != Thread.State.RUNNABLE) {
        inside.remove(thread);
      }
    }
    if (isAnyoneInside()) {
      letAppGo();
      return false;
    }
    return true;
  }

  private final class AppSide implements Lock {

    @Override
    public void lock() {
      Thread me = Thread.currentThread();
      int waits = 0;
      while (true) {
        // First in, then look; the other side does the opposite, so one of us sees the other.
        inside.put(me, Boolean.TRUE);
        Period now = period;
        if (now == null || now.owner == me) {
          return;
        }
        leave(me);
        while (!awaitEnd(now)) {
          if (++waits == APP_WAITS) {
            inside.put(me, Boolean.TRUE);
            return;
          }
        }
      }
    }

    @Override
    public void unlock() {
      leave(Thread.currentThread());
    }

    private void leave(Thread me) {
      if (inside.remove(me) != null) {
        Period now = period;
        if (now != null) {
          LockSupport.unpark(now.owner);
        }
      }
    }

    @Override
    public boolean tryLock() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void lockInterruptibly() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Condition newCondition() {
      throw new UnsupportedOperationException();
    }
  }

  /** An app's thread that is interrupted closes its channel: it must wait too, and stay so. */
  private static boolean awaitEnd(Period now) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(APP_WAIT_MILLIS);
    try {
      while (true) {
        try {
          return now.over.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException stillToBeSaid) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
