package io.graceful.process;

import io.graceful.os.SearchPath;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Paths;

/**
 * Finds the program again: by the path it was given (so that a JDK swapped behind a symlink is
 * picked up), through PATH if that was how, and at last the file that this process runs.
 */
final class ProgramPath {

  private ProgramPath() {}

  /**
   * @param directory in which the new process starts; null for ours
   * @return a path for exec, relative ones as seen from that directory
   * @throws IOException if there is none; the message names what was looked for
   */
  static String resolve(LaunchCommand command, String directory) throws IOException {
    String given = command.program();
    if (given.contains("/")) {
      File file = SearchPath.inDirectory(directory, given);
      if (!file.exists()) {
        throw new IOException(
            given + " does not exist" + (command.isOwn() ? ": put the Java program back" : ""));
      }
      if (!file.canExecute()) {
        throw new IOException(given + " is not executable: give it its x permission");
      }
      return given;
    }
    File found = SearchPath.find(given, command.variable("PATH"), directory);
    if (found != null) {
      return found.getPath();
    }
    if (!command.isOwn()) {
      throw new IOException("there is no " + given + " in the PATH of this process");
    }
    String running = Files.readSymbolicLink(Paths.get("/proc/self/exe")).toString();
    if (running.endsWith(" (deleted)")) {
      throw new IOException(
          "there is no "
              + given
              + " in PATH, and the program that runs here was deleted: "
              + running);
    }
    return running;
  }
}
