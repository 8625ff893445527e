package io.graceful.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Paths;

/**
 * The directory in which the process was started, by the name that its starter used: with {@code
 * current -> releases/42} that is {@code current}, which leads to the new release once the link was
 * switched.
 */
public final class WorkingDirectory {

  private final String logical;

  private WorkingDirectory(String logical) {
    this.logical = logical;
  }

  /**
   * @param pwd the shell's PWD, believed only if it names the directory that we are in; null if
   *     unset
   */
  static WorkingDirectory atStart(String pwd) {
    if (pwd == null || !pwd.startsWith("/")) {
      return new WorkingDirectory(null);
    }
    try {
      return new WorkingDirectory(
          Files.isSameFile(Paths.get(pwd), Paths.get("/proc/self/cwd")) ? pwd : null);
    } catch (IOException | RuntimeException notOurs) {
      return new WorkingDirectory(null);
    }
  }

  /**
   * Where to start the new process.
   *
   * @param override the option cwd; empty for none
   * @return null to inherit the directory we are in (which works even when it was deleted)
   * @throws IOException if the override is no directory
   */
  String forSuccessor(String override) throws IOException {
    if (!override.isEmpty()) {
      if (!Files.isDirectory(Paths.get(override))) {
        throw new IOException(
            "cwd=" + override + " is not a directory: create it or change the option");
      }
      return override;
    }
    return logical != null && Files.isDirectory(Paths.get(logical)) ? logical : null;
  }
}
