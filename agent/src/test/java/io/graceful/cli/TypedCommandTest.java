package io.graceful.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TypedCommandTest {

  private static final String UMLAUT = "\u00fc";

  @Test
  void is_the_end_of_the_command_line() throws Exception {
    TypedCommand typed =
        TypedCommand.of(
            bytes("java", "-jar", "graceful.jar", "run", "--", "java", "-Da=" + UMLAUT, ""),
            List.of("java", "-Da=\ufffd\ufffd", ""));
    assertThat(typed.texts()).containsExactly("java", "-Da=" + UMLAUT, "");
    assertThat(typed.words().get(1)).isEqualTo(("-Da=" + UMLAUT).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void is_what_the_jvm_has_if_the_launcher_took_it_from_a_file() throws Exception {
    List<String> command = List.of("java", "-jar", UMLAUT);
    assertThat(TypedCommand.of(bytes("java", "@file"), command).texts()).isEqualTo(command);
    assertThat(TypedCommand.of(bytes("java", "-Xmx1g", "@file"), command).texts())
        .isEqualTo(command);
  }

  @Test
  void is_text_only_in_utf_8() {
    List<byte[]> latin = List.of("-Da=\u00fc".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(TypedCommand.of(latin, List.of("-Da=?")).words()).isEqualTo(latin);
    assertThatThrownBy(() -> TypedCommand.of(latin, List.of("-Da=?")).texts())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("word 1 of COMMAND is no UTF-8, ");
  }

  private static List<byte[]> bytes(String... words) {
    return Arrays.stream(words).map(TypedCommand::utf8).collect(Collectors.toList());
  }
}
