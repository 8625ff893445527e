package io.graceful.restart;

import io.graceful.config.Option;
import io.graceful.os.JavaSignals;

/**
 * What this process is doing, as far as restarts and stops go: the one place that says whether a
 * request is taken or refused. Everything runs on the reactor's thread.
 */
public final class Lifecycle {

  private final Surroundings world;
  private final int generation;
  private final Mover mover;
  private Takeover takeover;
  private Restart restart;
  private GracefulStop stop;
  private String disabled;

  /**
   * @param takeover what is under way in a successor; null in a first generation
   */
  public Lifecycle(Surroundings world, Takeover takeover) {
    this.world = world;
    this.mover = new Mover(world);
    this.takeover = takeover;
    this.generation = takeover == null ? 1 : takeover.generation();
  }

  /** Begins what a successor has to do. */
  public void start() {
    if (takeover != null) {
      takeover.start(world, () -> takeover = null);
    }
  }

  /** Restarts are refused from now on, with this reason. */
  public void disable(String reason) {
    disabled = reason;
  }

  /**
   * @param source for the log: which signal
   */
  public void restartRequested(String source) {
    catchUp();
    String refusal = refusal();
    if (refusal != null) {
      world.log.info(source + ": restart refused: " + refusal);
      return;
    }
    restart = new Restart(world, mover, generation + 1, () -> restart = null);
    restart.begin();
  }

  /**
   * Whoever saw the other process end and then asks must not be refused because we have not looked
   * yet.
   */
  private void catchUp() {
    if (restart != null) {
      restart.catchUp();
    }
    if (takeover != null) {
      takeover.catchUp();
    }
  }

  private String refusal() {
    if (disabled != null) {
      return disabled;
    }
    if (world.pid == 1) {
      return "this process is PID 1, and its container would end with it";
    }
    if (stop != null) {
      return "this process is stopping";
    }
    if (restart != null) {
      return restart.describe();
    }
    return takeover == null ? null : takeover.describe();
  }

  /**
   * @param signal its name
   * @param previous what the signal did before us
   */
  public void stopRequested(String signal, JavaSignals.Previous previous) {
    if (stop != null) {
      stop.now(signal);
      return;
    }
    if (restart != null && restart.isPastHandover()) {
      world.log.info("SIG" + signal + ": stopping at once, as another process serves already");
      GracefulStop.proceed(signal, previous);
      return;
    }
    if (restart != null) {
      restart.abort("SIG" + signal + " stops this process");
    }
    if (takeover != null) {
      takeover.stopping();
    }
    stop = new GracefulStop(world, signal, previous, world.options.millis(Option.STOP_TIMEOUT));
    stop.begin();
  }
}
