package io.graceful.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PidsTest {

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"4711", "4711\n", " 4711 \r\n", "4711\n\n"})
  void a_file_may_hold_one(String content) throws Exception {
    assertThat(Pids.of(file(content).toString())).isEqualTo(4711);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "0", "-1", "04711", "4711 4712", "12345678901", "pid 4711"})
  void what_is_none_is_not_taken_for_one(String content) throws Exception {
    assertThat(Pids.of(file(content).toString())).isEqualTo(Pids.NONE);
    assertThat(Pids.isPid(content)).isFalse();
  }

  @Test
  void a_long_file_is_not_read_and_a_directory_holds_none() throws Exception {
    assertThat(Pids.of(file("4711" + " ".repeat(61)).toString())).isEqualTo(Pids.NONE);
    assertThat(Pids.of(directory.toString())).isEqualTo(Pids.NONE);
    assertThat(Pids.of(directory.resolve("missing").toString())).isEqualTo(Pids.NONE);
    assertThat(Pids.of("4711")).isEqualTo(4711);
  }

  @Test
  void a_file_that_is_older_than_the_process_means_another_one() throws Exception {
    long self = ProcessHandle.current().pid();
    Path file = file(self + "\n");
    assertThat(Pids.of(file.toString())).isEqualTo((int) self);

    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
    assertThatThrownBy(() -> Pids.of(file.toString()))
        .isInstanceOf(NoAgentException.class)
        .hasMessage(
            "pid "
                + self
                + " is another process by now, it was started after "
                + file
                + " was written: if you mean it all the same, say its pid");
  }

  private Path file(String content) throws Exception {
    return Files.writeString(directory.resolve("app.pid"), content);
  }
}
