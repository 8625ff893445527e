package io.graceful.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DelayedExitTest {

  @TempDir Path directory;

  @Test
  void an_exit_waits_for_what_a_daemon_thread_has_begun() throws Exception {
    Path file = directory.resolve("done");
    String java = Paths.get(System.getProperty("java.home"), "bin", "java").toString();
    String classes =
        Paths.get(DelayedExit.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            + ":"
            + Paths.get(Program.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Process program =
        new ProcessBuilder(java, "-cp", classes, Program.class.getName(), file.toString())
            .inheritIO()
            .start();
    try {
      assertThat(program.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      program.destroyForcibly();
    }

    assertThat(program.exitValue()).isZero();
    assertThat(file).exists();
  }

  /** Ends at once, while a daemon thread of its own still works. */
  static final class Program {

    public static void main(String[] args) {
      DelayedExit exit = DelayedExit.begin();
      Thread work =
          new Thread(
              () -> {
                try {
                  Thread.sleep(300);
                  Files.createFile(Paths.get(args[0]));
                } catch (Exception failure) {
                  failure.printStackTrace();
                } finally {
                  exit.end();
                }
              });
      work.setDaemon(true);
      work.start();
    }
  }
}
