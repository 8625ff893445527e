package io.graceful.it.jvm;

import java.util.Optional;
import jnr.constants.platform.Signal;

/**
 * A process that can't be mistaken for a later one with the same pid.
 *
 * @param startTime in clock ticks since the machine booted: field 22 of /proc/pid/stat
 */
public record ProcessId(long pid, long startTime) {

  /** Empty if there is no such process any more. */
  public static Optional<ProcessId> of(long pid) {
    return ProcFs.stat(pid).map(stat -> new ProcessId(pid, stat.startTime()));
  }

  /** Whether it is still there; a zombie is. */
  public boolean exists() {
    return stat().isPresent();
  }

  public boolean isZombie() {
    return stat().filter(stat -> stat.state() == 'Z').isPresent();
  }

  /**
   * Whether it has let go of all that it held. A zombie has not while it has threads: the first one
   * may be the first to end.
   */
  public boolean hasLetGo() {
    return !exists() || isZombie() && ProcFs.list(ProcFs.of(pid).resolve("task")).size() <= 1;
  }

  /** 0 if it is gone. */
  public long parent() {
    return stat().map(ProcFs.Stat::parent).orElse(0L);
  }

  /**
   * @return whether it was still there to get the signal
   */
  public boolean signal(Signal signal) {
    return exists() && Libc.kill(pid, signal);
  }

  /**
   * Signals all processes of the group that this one leads.
   *
   * @return whether there were any
   */
  public boolean signalGroup(Signal signal) {
    return Libc.kill(-pid, signal);
  }

  @Override
  public String toString() {
    return "pid " + pid;
  }

  private Optional<ProcFs.Stat> stat() {
    return ProcFs.stat(pid).filter(stat -> stat.startTime() == startTime);
  }
}
