package io.graceful.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchCommandTest {

  @Test
  void is_what_the_kernel_says_byte_by_byte() throws Exception {
    LaunchCommand command = LaunchCommand.ofThisProcess();

    assertThat(joined(command.arguments()))
        .isEqualTo(Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.ISO_8859_1));
    assertThat(joined(command.environment()))
        .isEqualTo(Files.readString(Path.of("/proc/self/environ"), StandardCharsets.ISO_8859_1));
    assertThat(command.program()).endsWith("java");
    assertThat(command.variable("PATH")).isEqualTo(System.getenv("PATH"));
    assertThat(command.umask()).isEqualTo(LaunchCommand.currentUmask()).isBetween(0, 0777);
  }

  @ParameterizedTest
  @CsvSource({"A, 1", "AB, 2", "EMPTY, ''", "EQUALS, a=b", "TWICE, first"})
  void finds_a_variable(String name, String value) throws Exception {
    assertThat(command().variable(name)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"B", "ABC", "a", "NOTHING"})
  void does_not_find_a_variable_that_is_not_there(String name) throws Exception {
    assertThat(command().variable(name)).isNull();
  }

  private static LaunchCommand command() throws Exception {
    return Commands.of(
        Commands.bytes("java"),
        Commands.bytes(
            "AB=2", "A=1", "EMPTY=", "EQUALS=a=b", "TWICE=first", "TWICE=second", "NOTHING"));
  }

  private static String joined(List<byte[]> strings) {
    StringBuilder joined = new StringBuilder();
    for (byte[] string : strings) {
      joined.append(new String(string, StandardCharsets.ISO_8859_1)).append('\0');
    }
    return joined.toString();
  }
}
