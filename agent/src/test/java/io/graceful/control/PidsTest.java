package io.graceful.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
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

  private Path file(String content) throws Exception {
    return Files.writeString(directory.resolve("app.pid"), content);
  }
}
