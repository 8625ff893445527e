package apps.jdk;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;

/** What this process was started with, and what the processes that it starts get from it. */
final class ProcessFacts {

  private static final String REPORT =
      "env; echo ---; tr \"\\0\" \"\\n\" < /proc/self/cmdline; echo ---;"
          + " ls -l /proc/self/fd; echo ---; cat /proc/self/status";

  private ProcessFacts() {}

  /** Environment, arguments, descriptors and status of a child, with {@code ---} between them. */
  static String ofChild() throws IOException {
    Process child = new ProcessBuilder("/bin/sh", "-c", REPORT).redirectErrorStream(true).start();
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (InputStream in = child.getInputStream()) {
      byte[] buffer = new byte[4096];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        output.write(buffer, 0, n);
      }
    }
    return new String(output.toByteArray(), StandardCharsets.UTF_8);
  }

  /** Starts a process that loses its parent at once. */
  static String leaveOrphan() throws IOException {
    Process shell = new ProcessBuilder("/bin/sh", "-c", "sleep 60 > /dev/null 2>&1 &").start();
    try {
      shell.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return "orphaned\n";
  }

  /** {@code /proc/self/limits} and the Umask line of {@code /proc/self/status}. */
  static String limits() throws IOException {
    StringBuilder facts = new StringBuilder();
    for (String line : Files.readAllLines(Paths.get("/proc/self/limits"))) {
      facts.append(line).append('\n');
    }
    for (String line : Files.readAllLines(Paths.get("/proc/self/status"))) {
      if (line.startsWith("Umask:")) {
        facts.append(line).append('\n');
      }
    }
    return facts.toString();
  }
}
