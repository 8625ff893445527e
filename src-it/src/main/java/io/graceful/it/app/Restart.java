package io.graceful.it.app;

import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.ProcessId;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import jnr.constants.platform.Signal;

/**
 * A restart as an operator sees it: a signal, then another process that answers, then the old one
 * gone.
 */
public final class Restart {
  private final Server server;
  private final ProcessId predecessor;
  private final int startsBefore;
  private final long signalled;
  private ProcessId successor;
  private Duration startedAfter;
  private Duration answeredAfter;
  private Duration finishedAfter;
  private OptionalInt exitStatus = OptionalInt.empty();

  Restart(Server server) {
    this.server = server;
    this.predecessor = server.serving();
    this.startsBefore = server.starts().size();
    this.signalled = System.nanoTime();
    server.signal(Signal.SIGUSR2);
  }

  public void complete() {
    awaitSuccessor();
    awaitAnswer();
    awaitPredecessorGone();
  }

  /** Waits until the app's main method has begun in another process. */
  public ProcessId awaitSuccessor() {
    successor =
        waitFor(
            "the start of a successor of " + predecessor,
            () -> {
              Optional<ProcessId> started = server.startedAfter(startsBefore);
              if (started.isEmpty() && server.family().hasEnded(predecessor)) {
                throw new AssertionError(
                    predecessor
                        + " ended without a successor: "
                        + String.join("\n", server.stderr()));
              }
              return started;
            });
    startedAfter = sinceSignal();
    return successor;
  }

  /** Waits until the successor answers. */
  public void awaitAnswer() {
    server.awaitAnswerBy(successor);
    answeredAfter = sinceSignal();
  }

  /** Waits until the predecessor says that it no longer accepts. */
  public void awaitHandover() {
    String beginning =
        "graceful["
            + predecessor.pid()
            + "]: handed over to pid "
            + (successor == null ? "" : successor.pid() + " ");
    server.awaitStderr("the handover", line -> line.startsWith(beginning));
  }

  public void awaitPredecessorGone() {
    exitStatus = server.awaitExit(predecessor, Server.LIMIT);
    finishedAfter = sinceSignal();
  }

  public ProcessId predecessor() {
    return predecessor;
  }

  public ProcessId successor() {
    return successor;
  }

  /** Of the predecessor. */
  public OptionalInt exitStatus() {
    return exitStatus;
  }

  /** From the signal to the first answer by the successor. */
  public Duration answeredAfter() {
    return answeredAfter;
  }

  @Override
  public String toString() {
    return predecessor.pid()
        + " -> "
        + (successor == null ? "?" : successor.pid())
        + ": ms after the signal: started "
        + millis(startedAfter)
        + ", answered "
        + millis(answeredAfter)
        + ", predecessor gone "
        + millis(finishedAfter);
  }

  private <T> T waitFor(String what, Supplier<Optional<T>> source) {
    return Await.value(what, Server.LIMIT, source);
  }

  private Duration sinceSignal() {
    return Duration.ofNanos(System.nanoTime() - signalled);
  }

  private static String millis(Duration duration) {
    return duration == null ? "-" : Long.toString(duration.toMillis());
  }
}
