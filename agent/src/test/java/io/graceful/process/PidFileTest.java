package io.graceful.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {

  @TempDir Path directory;

  @Test
  void tells_who_wrote_last_until_that_one_removes_it() throws IOException {
    Path path = directory.resolve("app.pid");
    PidFile first = new PidFile(path, 12);
    PidFile second = new PidFile(path, 123);

    first.write();
    assertThat(path).hasContent("12\n");
    second.write();
    first.removeOwn();
    assertThat(path).hasContent("123\n");
    second.removeOwn();
    assertThat(directory).isEmptyDirectory();
    second.removeOwn();
  }

  @Test
  void a_link_is_replaced_and_not_followed() throws IOException {
    Path other = Files.writeString(directory.resolve("other"), "precious");
    Path path = Files.createSymbolicLink(directory.resolve("app.pid"), other);
    Files.createSymbolicLink(directory.resolve("app.pid.12.new"), other);

    new PidFile(path, 12).write();

    assertThat(path).hasContent("12\n").isRegularFile();
    assertThat(other).hasContent("precious");
  }

  @Test
  void what_can_not_be_replaced_is_left_with_nothing_beside_it() throws IOException {
    Path path = Files.createDirectories(directory.resolve("app.pid/in-use"));

    assertThatThrownBy(new PidFile(path.getParent(), 12)::write).isInstanceOf(IOException.class);

    try (var entries = Files.list(directory)) {
      assertThat(entries).containsExactly(path.getParent());
    }
    new PidFile(path.getParent(), 12).removeOwn();
    assertThat(path).exists();
  }
}
