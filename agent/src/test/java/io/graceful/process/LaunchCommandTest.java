package io.graceful.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
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

  @Test
  void gets_an_agent_before_all_other_options() throws Exception {
    LaunchCommand command =
        Commands.of(Commands.bytes("java", "-jar", "app.jar"), Commands.bytes("A=1"));
    File jar = new File("/opt/graceful.jar");

    assertThat(joined(command.withAgent(jar, null).arguments()))
        .isEqualTo("java\0-javaagent:/opt/graceful.jar\0-jar\0app.jar\0");
    assertThat(joined(command.withAgent(jar, "soak=1s").arguments()))
        .isEqualTo("java\0-javaagent:/opt/graceful.jar=soak=1s\0-jar\0app.jar\0");
    assertThat(joined(command.withAgent(jar, "").environment())).isEqualTo("A=1\0");
  }

  @Test
  void names_a_port_where_the_whole_number_stands() throws Exception {
    LaunchCommand command =
        Commands.of(
            Commands.bytes("java", "-jar", "app.jar", "--listen=0.0.0.0:8080"),
            Commands.bytes("ADMIN=http://localhost:9090/"));

    assertThat(command.names(8080)).isTrue();
    assertThat(command.names(9090)).isTrue();
    assertThat(command.names(808)).isFalse();
    assertThat(command.names(80)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "-agentlib:jdwp=transport=dt_socket;server=y;address=*:5005, true",
    "-agentlib:jdwp=transport=dt_socket;server=n;address=host:5005, false",
    "-Dport=5005, false",
  })
  void offers_a_port_to_a_debugger(String argument, boolean offers) throws Exception {
    LaunchCommand command =
        Commands.of(Commands.bytes("java", argument.replace(';', ',')), Commands.bytes());

    assertThat(command.offersToDebugger(5005)).isEqualTo(offers);
    assertThat(command.offersToDebugger(500)).isFalse();
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
