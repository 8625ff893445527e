package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;

/** A program that ends while the agent's thread is still at its own start. */
@ExtendWith(ServersExtension.class)
class ShortLivedJvmIT {

  /** About a third of them end while the native library is a file. */
  private static final int RUNS = 15;

  @EachJdk
  void leaves_no_file_and_says_nothing(int jdk, Servers servers) throws Exception {
    Path temporary = Files.createDirectories(servers.directory().resolve("tmp"));
    Path stderr = servers.directory().resolve("short-stderr.log");
    for (int run = 0; run < RUNS; run++) {
      Process program =
          new ProcessBuilder(
                  Jdks.find(jdk).java().toString(),
                  "-Djava.io.tmpdir=" + temporary,
                  "-javaagent:" + servers.agentJar(),
                  "-jar",
                  Apps.HELLO.jar().toString(),
                  Apps.HELLO.name())
              .redirectError(ProcessBuilder.Redirect.appendTo(stderr.toFile()))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(program.exitValue()).isZero();
      } finally {
        program.destroyForcibly();
      }
    }
    assertThat(temporary).isEmptyDirectory();
    assertThat(stderr).isEmptyFile();
  }
}
