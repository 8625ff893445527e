package io.graceful.os;

import java.io.File;

/** Finds programs as execvp(3) does. */
public final class SearchPath {

  private static final String DEFAULT = "/usr/local/bin:/bin:/usr/bin";

  private SearchPath() {}

  /**
   * @param name without a slash
   * @param path the variable PATH; null if there is none
   * @param directory from which relative entries are seen; null for the current one
   * @return null if there is none
   */
  public static File find(String name, String path, String directory) {
    for (String entry : (path == null ? DEFAULT : path).split(":")) {
      File candidate = inDirectory(directory, entry.isEmpty() ? name : entry + "/" + name);
      if (candidate.isFile() && candidate.canExecute()) {
        return candidate;
      }
    }
    return null;
  }

  /**
   * @param directory null for the current one
   */
  public static File inDirectory(String directory, String path) {
    return new File(path).isAbsolute() || directory == null
        ? new File(path)
        : new File(directory, path);
  }
}
