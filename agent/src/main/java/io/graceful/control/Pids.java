package io.graceful.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;

/** Pids as an operator names them: in digits, or by a file that holds one. */
public final class Pids {

  public static final int NONE = 0;

  private static final int LONGEST_FILE = 64;

  private Pids() {}

  /**
   * @param named a pid, or a file that holds one
   * @return {@link #NONE} if it is neither
   */
  public static int of(String named) throws IOException {
    return isPid(named) ? Integer.parseInt(named) : inFile(Paths.get(named));
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
