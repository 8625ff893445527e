package io.graceful.restart;

import io.graceful.config.Option;
import io.graceful.config.Options;
import io.graceful.sockets.ListenerKey;
import io.graceful.systemd.ServiceManager;
import java.util.List;

/**
 * Tells systemd what this process is doing, while it is the main one of its service: nobody else is
 * listened to. The first generation is from the start, a successor when its predecessor can't serve
 * again any more. Until then the predecessor stays it: systemd stops the service when the main one
 * ends, and a successor may. On the reactor's thread.
 */
final class MainProcess implements Progress {

  private final ServiceManager manager;
  private final Options options;
  private final int pid;
  private final int generation;
  private boolean isMain;
  private boolean isReloading;
  private long readyMillis;
  private int successor;
  private String state;

  /**
   * @param generation of this process
   */
  MainProcess(Surroundings world, int generation) {
    this.manager = world.manager;
    this.options = world.options;
    this.pid = world.pid;
    this.generation = generation;
    this.state = "generation " + generation;
  }

  /** From now on systemd listens to this process. */
  void begin() {
    isMain = true;
    manager.giveSignsOfLife();
  }

  /** The app accepts, and nobody else does any more. */
  void serves(List<ListenerKey> listeners) {
    state = "generation " + generation + " serves on " + listeners;
    if (isMain && !isReloading) {
      manager.ready(pid, state);
    }
  }

  /** New connections are refused, by the operator's wish. */
  void outOfService() {
    if (isMain) {
      manager.status("generation " + generation + " is out of service");
    }
  }

  /**
   * A restart begins.
   *
   * @param longestMillis what it has until the successor is ready
   */
  void restarting(long longestMillis) {
    readyMillis = longestMillis;
    reload(state + "; generation " + (generation + 1) + " is starting");
  }

  /** A restart was asked for, and does not begin. */
  void refused(String reason) {
    if (isMain && !isReloading) {
      manager.notReloading(state + "; restart refused: " + reason);
    }
  }

  @Override
  public void spawned(int child) {
    successor = child;
  }

  /** This may last for as long as the operator wants: systemd shall not wait for it. */
  @Override
  public void held(int child) {
    endReload(state + "; pid " + child + " is ready and held");
  }

  @Override
  public void handedOver(int child) {
    String status = "pid " + child + " serves, as " + next() + "; pid " + pid + " is draining";
    if (isReloading) {
      manager.status(status);
    } else {
      reload(status);
    }
  }

  @Override
  public void failed(String reason) {
    endReload(state + "; restart failed: " + reason);
  }

  /** The successor says when the reload is over: the next one could not begin before that. */
  @Override
  public void done() {
    if (isMain) {
      isMain = false;
      manager.endSignsOfLife();
      manager.mainProcess(successor, "pid " + successor + " serves, as " + next());
    }
  }

  void stopping(String signal) {
    if (isMain) {
      manager.stopping("generation " + generation + " is stopping: " + signal);
    }
  }

  private String next() {
    return "generation " + (generation + 1);
  }

  private void reload(String status) {
    if (isMain) {
      isReloading = true;
      manager.reloading(longestMillis(), status);
    }
  }

  private void endReload(String status) {
    if (isMain) {
      isReloading = false;
      manager.ready(pid, status);
    }
  }

  /** Until the predecessor has ended; by default that is more than systemd would wait. */
  private long longestMillis() {
    return readyMillis
        + Math.max(options.millis(Option.DRAIN_TIMEOUT), options.millis(Option.SOAK))
        + options.millis(Option.SHUTDOWN_TIMEOUT)
        + 2 * options.millis(Option.HOOK_TIMEOUT);
  }
}
