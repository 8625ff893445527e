package io.graceful.process;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A command line that takes the place of the one with which this process was started. */
public final class OtherCommand {

  private final List<String> arguments;
  private final String directory;

  /**
   * @param arguments the program first
   * @param directory in which it runs, and from which relative paths count
   */
  public OtherCommand(List<String> arguments, String directory) {
    this.arguments = Collections.unmodifiableList(new ArrayList<>(arguments));
    this.directory = directory;
  }

  List<String> arguments() {
    return arguments;
  }

  String directory() {
    return directory;
  }
}
