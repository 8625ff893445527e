package io.graceful.it.faults;

import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;

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
    Path order = Paths.get(file);
    if (!Files.exists(order)) {
      new ServerSocket(0).close(); // As agents may: the JDK's classes are loaded by it.
      return;
    }
    switch (new String(Files.readAllBytes(order), StandardCharsets.UTF_8)) {
      case EXIT_0:
        System.exit(0);
        break;
      case EXIT_1:
        System.exit(1);
        break;
      case KILL:
        new ProcessBuilder("sh", "-c", "kill -KILL $PPID").start();
        Thread.sleep(Long.MAX_VALUE);
        break;
      case HANG:
        Thread.sleep(Long.MAX_VALUE);
        break;
      default:
        throw new IllegalStateException("told to throw");
    }
  }
}
