package io.graceful.control;

import io.graceful.os.ProcFs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;

/** Pids as an operator names them: in digits, or by a file that holds one. */
public final class Pids {

  public static final int NONE = 0;

  private static final int LONGEST_FILE = 64;

  /** A file that was written that much before a process began can't mean it. */
  private static final long CLOCK_MILLIS = 3000;

  private Pids() {}

  /**
   * @param named a pid, or a file that holds one
   * @return {@link #NONE} if it is neither
   * @throws NoAgentException if the file means a process that is gone
   */
  public static int of(String named) throws IOException {
    if (isPid(named)) {
      return Integer.parseInt(named);
    }
    Path file = Paths.get(named);
    int pid = inFile(file);
    long started = ProcFs.startTimeOf(pid);
    if (started >= 0 && isOlder(file, started)) {
      throw new NoAgentException(
          "pid "
              + pid
              + " is another process by now, it was started after "
              + named
              + " was written: if you mean it all the same, say its pid");
    }
    return pid;
  }

  /**
   * Whether the file can't mean that process, which has got the pid of the one that it means: after
   * a reboot, say.
   *
   * @param started see {@link ProcFs#startTime()}
   */
  public static boolean isOlder(Path file, long started) throws IOException {
    return ProcFs.startedAt(started) - CLOCK_MILLIS > Files.getLastModifiedTime(file).toMillis();
  }

  public static boolean isPid(String text) {
    return text.matches("[1-9][0-9]{0,8}");
  }

  /**
   * @return {@link #NONE} if the file, or what there is in its place, holds no pid
   */
  public static int inFile(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > LONGEST_FILE) {
      return NONE;
    }
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).trim();
    return isPid(text) ? Integer.parseInt(text) : NONE;
  }
}
