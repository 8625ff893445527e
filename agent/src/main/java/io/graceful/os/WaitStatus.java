package io.graceful.os;

/**
 * How a process has ended, as wait(2) tells it: the low seven bits are the signal, the next byte is
 * the exit status.
 */
public final class WaitStatus {

  private static final int KILLED = 128;

  private WaitStatus() {}

  /** Goes on from the name of the process. */
  public static String inWords(int status) {
    return signal(status) == 0
        ? "exited with " + exitCode(status)
        : "was killed by signal " + signal(status);
  }

  /** As a shell has it in $?. */
  public static int exitCode(int status) {
    return signal(status) == 0 ? status >> 8 & 0xFF : ofSignal(signal(status));
  }

  /** The exit code that stands for a death by this signal. */
  public static int ofSignal(int signal) {
    return KILLED + signal;
  }

  private static int signal(int status) {
    return status & 0x7F;
  }
}
