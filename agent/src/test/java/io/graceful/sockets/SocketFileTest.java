package io.graceful.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketFileTest {

  @TempDir Path directory;

  private Path run;

  @BeforeEach
  void makeRunAndALinkToIt() throws Exception {
    run = Files.createDirectory(directory.resolve("run"));
    Files.createSymbolicLink(directory.resolve("var-run"), run);
    Files.createDirectory(directory.resolve("other"));
  }

  @Test
  void is_the_same_through_a_link_and_by_detours() {
    SocketFile file = new SocketFile(run + "/app.sock");

    assertThat(file.isAt(run + "/app.sock")).isTrue();
    assertThat(file.isAt(run + "/./app.sock")).isTrue();
    assertThat(file.isAt(directory + "/other/../run/app.sock")).isTrue();
    assertThat(file.isAt(directory + "/var-run/app.sock")).isTrue();
    assertThat(new SocketFile(directory + "/var-run/app.sock").isAt(run + "/app.sock")).isTrue();
  }

  @Test
  void is_another_under_another_name_or_elsewhere() {
    SocketFile file = new SocketFile(run + "/app.sock");

    assertThat(file.isAt(run + "/app.sock.lock")).isFalse();
    assertThat(file.isAt(directory + "/other/app.sock")).isFalse();
    assertThat(file.isAt(directory + "/missing/app.sock")).isFalse();
    assertThat(file.isAt("/")).isFalse();
    assertThat(file.isAt("")).isFalse();
  }

  @Test
  void a_relative_path_counts_from_the_working_directory() {
    SocketFile file = new SocketFile("app.sock");

    assertThat(file.isAt("./app.sock")).isTrue();
    assertThat(file.isAt(Path.of("app.sock").toAbsolutePath().toString())).isTrue();
  }
}
