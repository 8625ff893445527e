package io.graceful.it.jvm;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import jnr.constants.platform.Signal;

/**
 * A process and all that descend from it, also those whose parents are gone. They are known by a
 * variable in their environment, which each inherits from the first one.
 */
public final class ProcessFamily implements AutoCloseable {
  private static final String VARIABLE = "IT_SERVER_FAMILY";
  private static final Duration KILL_LIMIT = Duration.ofSeconds(20);
  private static final Set<ProcessFamily> OPEN = ConcurrentHashMap.newKeySet();

  static {
    // Whoever stops the tests with Ctrl-C shouldn't find their servers still running.
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> OPEN.forEach(ProcessFamily::close), "kill-servers"));
  }

  private final String marker = UUID.randomUUID().toString();
  private final Process firstProcess;
  private final ProcessId first;
  private final Set<ProcessId> known = ConcurrentHashMap.newKeySet();

  private ProcessFamily(ProcessBuilder builder) throws IOException {
    Subreaper subreaper = Subreaper.get();
    builder.environment().put(VARIABLE, marker);
    firstProcess = builder.start();
    subreaper.leaveToJava(firstProcess);
    OPEN.add(this);
    // Even if it has ended by now, it exists until Java's thread for it has come to reap it; the
    // start time is lost only then.
    first = ProcessId.of(firstProcess.pid()).orElse(new ProcessId(firstProcess.pid(), 0));
    known.add(first);
  }

  public static ProcessFamily start(ProcessBuilder builder) throws IOException {
    return new ProcessFamily(builder);
  }

  /** Starts one more, which none of the family has started. */
  public Process startBeside(ProcessBuilder builder) throws IOException {
    builder.environment().put(VARIABLE, marker);
    Process process = builder.start();
    Subreaper.get().leaveToJava(process);
    return process;
  }

  public ProcessId first() {
    return first;
  }

  /** Those of the family that are alive; zombies have no environment, and don't count. */
  public Set<ProcessId> alive() {
    Set<ProcessId> alive = new HashSet<>();
    for (long pid : ProcFs.pids()) {
      Optional<ProcessId> process = ProcessId.of(pid);
      String environment = ProcFs.read(ProcFs.of(pid).resolve("environ"));
      if (process.isPresent()
          && List.of(environment.split("\0")).contains(VARIABLE + "=" + marker)) {
        alive.add(process.get());
      }
    }
    known.addAll(alive);
    return alive;
  }

  /** A process that has told its pid; empty if it has ended and is gone. */
  public Optional<ProcessId> member(long pid) {
    Optional<ProcessId> member =
        known.stream().filter(process -> process.pid() == pid && process.exists()).findFirst();
    if (member.isPresent()) {
      return member;
    }
    Optional<ProcessId> process = ProcessId.of(pid);
    process.ifPresent(known::add);
    return process;
  }

  /** Whether the process has ended; reaps it if that is left to us. */
  public boolean hasEnded(ProcessId process) {
    if (process.equals(first)) {
      return !firstProcess.isAlive();
    }
    Subreaper.get().reap(process);
    return !process.exists();
  }

  /**
   * The exit status of a process that has ended, 128 + n for signal n; empty if its own parent has
   * reaped it.
   */
  public OptionalInt exitStatus(ProcessId process) {
    return process.equals(first)
        ? OptionalInt.of(firstProcess.exitValue())
        : Subreaper.get().exitStatus(process);
  }

  /** Members that have ended, but whose living parent in the family doesn't care. */
  public List<ProcessId> zombies() {
    return alive().stream()
        .flatMap(process -> ProcessView.of(process.pid()).zombies().stream())
        .toList();
  }

  /** Kills all of the family, and returns when none is left. */
  @Override
  public void close() {
    try {
      Await.until("the end of all processes that were killed", KILL_LIMIT, this::killAndReap);
      firstProcess.waitFor(KILL_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      OPEN.remove(this);
    }
  }

  private boolean killAndReap() {
    Set<ProcessId> alive = alive();
    alive.forEach(process -> process.signal(Signal.SIGKILL));
    known.stream().filter(process -> !process.equals(first)).forEach(Subreaper.get()::reap);
    return alive.isEmpty();
  }
}
