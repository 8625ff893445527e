package io.graceful.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Paths;

/**
 * The directory in which the process was started, by the name that its starter used: with {@code
 * current -> releases/42} that is {@code current}, which leads to the new release once the link was
 * switched.
 */
public final class WorkingDirectory {

  private static final String DELETED = " (deleted)";

  private final String logical;

  private WorkingDirectory(String logical) {
    this.logical = logical;
  }

  /**
   * @param pwd the shell's PWD, believed only if it names the directory that we are in; null if
   *     unset
   */
  public static WorkingDirectory atStart(String pwd) {
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
   * @return null to inherit the directory we are in
   * @throws IOException if there is none: a JVM does not start in a directory that was deleted
   */
  public String forSuccessor(String override) throws IOException {
    if (!override.isEmpty()) {
      if (!Files.isDirectory(Paths.get(override))) {
        throw new IOException(
            "cwd=" + override + " is not a directory: create it or change the option");
      }
      return override;
    }
    try {
      return now();
    } catch (IOException deleted) {
      throw new IOException(deleted.getMessage() + ", or set the option cwd", deleted);
    }
  }

  /**
   * Where to start a process now.
   *
   * @return null to inherit the directory we are in
   * @throws IOException if there is none: a JVM does not start in a directory that was deleted
   */
  public String now() throws IOException {
    if (logical != null && Files.isDirectory(Paths.get(logical))) {
      return logical;
    }
    String physical = Files.readSymbolicLink(Paths.get("/proc/self/cwd")).toString();
    if (!physical.endsWith(DELETED)) {
      return null;
    }
    String created = physical.substring(0, physical.length() - DELETED.length());
    if (!Files.isDirectory(Paths.get(created))) {
      throw new IOException("the working directory " + created + " was deleted: create it again");
    }
    return created;
  }
}
