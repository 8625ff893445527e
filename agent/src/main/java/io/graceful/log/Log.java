package io.graceful.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * One line per decision on stderr, for the operator: {@code graceful[PID]: what happened and what
 * it means}.
 *
 * <p>Goes to descriptor 2 itself, in one write, so that the app may replace System.err and lines of
 * two processes don't mix.
 */
public final class Log {

  /** What is written: each level includes those before it. */
  public enum Level {
    ERROR,
    INFO,
    DEBUG
  }

  private final String prefix;
  private volatile Level level;

  /**
   * @param pid ours; 0 while it isn't known
   */
  public Log(int pid, Level level) {
    this.prefix = pid == 0 ? "graceful: " : "graceful[" + pid + "]: ";
    this.level = level;
  }

  /** Something failed. */
  public void error(String message) {
    write(message);
  }

  /** A step of a restart or a stop. Nothing is written while nothing happens. */
  public void info(String message) {
    if (level != Level.ERROR) {
      write(message);
    }
  }

  /** For finding out why. */
  public void debug(String message) {
    if (level == Level.DEBUG) {
      write(message);
    }
  }

  private void write(String message) {
    byte[] line = (prefix + message.replace('\n', ' ') + "\n").getBytes(StandardCharsets.UTF_8);
    // Never closed: that would close descriptor 2.
    @SuppressWarnings("resource")
    FileOutputStream stderr = new FileOutputStream(FileDescriptor.err);
    try {
      stderr.write(line);
    } catch (IOException nobodyListens) {
      // There is nowhere left to say so.
    }
  }
}
