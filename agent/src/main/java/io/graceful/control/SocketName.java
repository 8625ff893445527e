package io.graceful.control;

import io.graceful.os.UnixSockets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of an agent's socket, {@code PID-STARTED.sock}: with the time at which the process was
 * started, since another one may have the same pid later, or in another container at the same time.
 */
public final class SocketName {

  private static final String UNFINISHED = ".new";
  private static final String LONGEST = "/2147483647-9223372036854775807.sock" + UNFINISHED;

  private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,9})-(\\d{1,19})\\.sock");

  private final int pid;
  private final long started;

  /**
   * @param started in clock ticks after boot: see starttime in proc(5)
   */
  public SocketName(int pid, long started) {
    this.pid = pid;
    this.started = started;
  }

  /** Null if it is no such name. */
  public static SocketName of(Path path) {
    Matcher matcher = FORM.matcher(path.getFileName().toString());
    if (!matcher.matches()) {
      return null;
    }
    try {
      return new SocketName(Integer.parseInt(matcher.group(1)), Long.parseLong(matcher.group(2)));
    } catch (NumberFormatException tooLarge) {
      return null;
    }
  }

  /** Whether a socket's path in that directory is short enough for the kernel. */
  static boolean fitsIn(Path directory) {
    int bytes = directory.toString().getBytes(StandardCharsets.UTF_8).length;
    return bytes + LONGEST.length() <= UnixSockets.LONGEST_PATH;
  }

  public int pid() {
    return pid;
  }

  public long started() {
    return started;
  }

  public Path in(Path directory) {
    return directory.resolve(this.toString());
  }

  /** Where it is bound until it listens, so that nobody takes it for left over. */
  Path unfinishedIn(Path directory) {
    return directory.resolve(this + UNFINISHED);
  }

  @Override
  public String toString() {
    return pid + "-" + started + ".sock";
  }
}
