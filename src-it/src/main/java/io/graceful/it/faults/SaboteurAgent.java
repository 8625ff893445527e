package io.graceful.it.faults;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Another agent on the command line, which does at the start what a file tells it, if the file is
 * there.
 */
public final class SaboteurAgent {
  static final String EXIT_0 = "exit 0";
  static final String EXIT_1 = "exit 1";
  static final String KILL = "kill";
  static final String HANG = "hang";
  static final String THROW = "throw";

  private SaboteurAgent() {}

  public static void premain(String file) throws Exception {
    Path order = Path.of(file);
    if (!Files.exists(order)) {
      new ServerSocket(0).close(); // As agents may: the JDK's classes are loaded by it.
      return;
    }
    switch (Files.readString(order).strip()) {
      case EXIT_0 -> System.exit(0);
      case EXIT_1 -> System.exit(1);
      case KILL -> {
        new ProcessBuilder("kill", "-KILL", String.valueOf(ProcessHandle.current().pid())).start();
        Thread.sleep(Long.MAX_VALUE);
      }
      case HANG -> Thread.sleep(Long.MAX_VALUE);
      default -> throw new IllegalStateException("told to throw");
    }
  }
}
