package io.graceful.relay;

import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.NativeMemory;
import io.graceful.os.Poller;
import io.graceful.os.SocketIo;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One thread that carries bytes between thousands of clients and the app they were taken from. All
 * that happens to a {@link Connection} happens on it, so nothing here needs a lock.
 */
public final class Relay implements Runnable {

  /** One read at most: the default of a socket's buffer is about three times that. */
  static final int BUFFER_BYTES = 64 * 1024;

  private static final int EVENTS_PER_TURN = 256;
  private static final int TASKS_PER_TURN = 256;
  private static final long WAKE_UP = -1;

  final Libc libc;
  final SocketIo io;
  final Poller poller;
  final NativeMemory buffer;

  private final Consumer<Throwable> onFailure;
  private final int wakeUp;
  private final ConcurrentLinkedQueue<Runnable> posted = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final ArrayDeque<Connection> again = new ArrayDeque<>();
  private final ArrayDeque<Integer> freeSlots = new ArrayDeque<>();
  private Connection[] slots = new Connection[64];
  private int connections;
  private int serial;
  private boolean stopping;

  private final Object lifecycle = new Object();
  private boolean over;

  /**
   * @param onFailure told of what a callback throws; the loop goes on
   */
  public Relay(Libc libc, Consumer<Throwable> onFailure) throws ErrnoException {
    this.libc = libc;
    this.onFailure = onFailure;
    this.wakeUp = libc.eventCounter();
    try {
      this.poller = new Poller(libc, EVENTS_PER_TURN);
    } catch (ErrnoException failure) {
      libc.close(wakeUp);
      throw failure;
    }
    try {
      poller.add(wakeUp, Poller.IN, WAKE_UP);
    } catch (ErrnoException failure) {
      poller.close();
      libc.close(wakeUp);
      throw failure;
    }
    this.io = new SocketIo(libc);
    this.buffer = new NativeMemory(BUFFER_BYTES);
    for (int slot = slots.length - 1; slot >= 0; slot--) {
      freeSlots.push(slot);
    }
  }

  /** From any thread: runs the task on the relay's thread. */
  public void post(Runnable task) {
    posted.add(task);
    synchronized (lifecycle) {
      if (!over) {
        try {
          libc.add(wakeUp);
        } catch (ErrnoException full) {
          // EAGAIN: the counter is at its maximum, so the thread is being woken anyway.
        }
      }
    }
  }

  /** From any thread: ends the loop. What is still relayed is closed. */
  public void stop() {
    post(() -> stopping = true);
  }

  /** On the relay's thread: calls back once, after this many ms, unless cancelled. */
  public Timer after(long millis, Runnable callback) {
    Timer timer = new Timer(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis), callback);
    timers.add(timer);
    return timer;
  }

  /** A deadline that can be called off. */
  public static final class Timer implements Comparable<Timer> {
    private final long at;
    private Runnable callback;

    private Timer(long at, Runnable callback) {
      this.at = at;
      this.callback = callback;
    }

    /** Leaves it in the queue until its time: looking for it there would cost more. */
    public void cancel() {
      callback = null;
    }

    @Override
    public int compareTo(Timer other) {
      return Long.signum(at - other.at);
    }
  }

  /**
   * On the relay's thread: begins to relay, from the app to the client at once, from the client to
   * the app when the connection is {@link Connection#admit admitted}.
   *
   * @param socket the connection to the client; the relay owns it from now on, unless this fails
   * @param pair the other end of what the app has instead; the relay owns it likewise
   * @param watchBoundary whether to look out for a request boundary
   */
  public Connection add(
      int socket, int pair, History history, Observer observer, boolean watchBoundary)
      throws ErrnoException {
    if (freeSlots.isEmpty()) {
      int before = slots.length;
      slots = Arrays.copyOf(slots, 2 * before);
      for (int slot = slots.length - 1; slot >= before; slot--) {
        freeSlots.push(slot);
      }
    }
    int slot = freeSlots.pop();
    Connection connection =
        new Connection(this, socket, pair, history, observer, watchBoundary, slot, ++serial);
    try {
      connection.register();
    } catch (ErrnoException failure) {
      freeSlots.push(slot);
      throw failure;
    }
    slots[slot] = connection;
    connections++;
    return connection;
  }

  /** On the relay's thread: how many it has. */
  public int size() {
    return connections;
  }

  /** On the relay's thread: calls back for each that it has at this moment. */
  public void forEach(Consumer<Connection> callback) {
    for (Connection connection : slots.clone()) {
      if (connection != null && !connection.isGone()) {
        callback.accept(connection);
      }
    }
  }

  void forget(Connection connection, int slot) {
    slots[slot] = null;
    freeSlots.push(slot);
    connections--;
  }

  /** Lets the connection go on in the next turn, after the others. */
  void again(Connection connection) {
    again.add(connection);
  }

  @Override
  public void run() {
    try {
      while (!stopping) {
        try {
          turn();
        } catch (ErrnoException broken) {
          onFailure.accept(broken);
          stopping = true; // Somebody has closed our epoll instance.
        }
      }
    } finally {
      close();
    }
  }

  private void turn() throws ErrnoException {
    // What a callback adds is for the next turn, so that none can keep the connections waiting.
    for (int i = 0; i < TASKS_PER_TURN && !posted.isEmpty(); i++) {
      guarded(posted.poll());
    }
    long now = System.nanoTime();
    while (!timers.isEmpty() && timers.peek().at - now <= 0) {
      Runnable callback = timers.poll().callback;
      if (callback != null) {
        guarded(callback);
      }
    }
    if (stopping) {
      return;
    }
    int unfinished = again.size();
    int ready = poller.await(unfinished > 0 || !posted.isEmpty() ? 0 : millisToNextTimer());
    for (int i = 0; i < ready; i++) {
      long data = poller.data(i);
      if (data == WAKE_UP) {
        libc.take(wakeUp);
      } else {
        dispatch(data, poller.events(i));
      }
    }
    for (int i = 0; i < unfinished; i++) {
      again.poll().onQueuedTurn();
    }
  }

  private int millisToNextTimer() {
    if (timers.isEmpty()) {
      return -1;
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(timers.peek().at - System.nanoTime()) + 1;
    return (int) Math.max(0, Math.min(millis, Integer.MAX_VALUE));
  }

  /** What an event's data says: which connection, and which side of it. */
  static long data(int slot, int serial, boolean client) {
    return (long) serial << 32 | (long) slot << 1 | (client ? 1 : 0);
  }

  void dispatch(long data, int events) {
    Connection connection = slots[(int) (data & 0xFFFFFFFFL) >>> 1];
    // Its slot may have been given to another one earlier in this turn.
    if (connection != null && connection.serial == (int) (data >> 32)) {
      connection.onEvents((data & 1) != 0, events);
    }
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable failure) {
      onFailure.accept(failure);
    }
  }

  void failed(Throwable failure) {
    onFailure.accept(failure);
  }

  private void close() {
    forEach(connection -> guarded(connection::drop));
    synchronized (lifecycle) {
      over = true;
      libc.close(wakeUp);
    }
    poller.close();
    io.close();
    buffer.close();
  }
}
