package io.graceful.it.jvm;

import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes this process the parent of orphans, and reaps them.
 *
 * <p>A later generation of a server is a child of the one before. When that one ends, the kernel
 * would give the child to init, and its exit status would be lost; as a subreaper we get it. Java
 * reaps what it has started itself, in a thread per {@link Process}, so those pids are left to it:
 * reaping one of them here would make its {@code waitFor} return nonsense.
 */
public final class Subreaper {
  private static final Subreaper INSTANCE = new Subreaper();

  /** Java reaps them; another process may get the pid of one of them later. */
  private final Set<ProcessId> startedByJava = ConcurrentHashMap.newKeySet();

  private final Map<ProcessId, Integer> exits = new ConcurrentHashMap<>();

  private Subreaper() {
    Libc.becomeSubreaper();
  }

  public static Subreaper get() {
    return INSTANCE;
  }

  void leaveToJava(Process process) {
    ProcessId.of(process.pid()).ifPresent(startedByJava::add);
  }

  /** Reaps the process if it has ended and is ours to reap. */
  void reap(ProcessId process) {
    boolean isOurs =
        process.parent() == ProcessHandle.current().pid() && !startedByJava.contains(process);
    if (isOurs && process.isZombie()) {
      int status = Libc.reap(process.pid());
      if (status >= 0) {
        exits.put(process, status);
      }
    }
  }

  /** The exit status of a process that was reaped here. */
  OptionalInt exitStatus(ProcessId process) {
    Integer status = exits.get(process);
    return status == null ? OptionalInt.empty() : OptionalInt.of(status);
  }
}
