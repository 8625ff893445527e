package io.graceful.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DebuggerPortTest {

  private final DebuggerPort debugger = new DebuggerPort();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=5005"
            + "|-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=0",
        "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005"
            + "|-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:0",
        "-agentlib:jdwp=transport=dt_socket,server=y,address=localhost:5005,suspend=n"
            + "|-agentlib:jdwp=transport=dt_socket,server=y,address=localhost:0,suspend=n",
        "-agentlib:jdwp=transport=dt_socket,address=127.0.0.1:5005,server=y"
            + "|-agentlib:jdwp=transport=dt_socket,address=127.0.0.1:0,server=y",
        "-agentlib:jdwp=address=[::1]:5005,transport=dt_socket,server=y"
            + "|-agentlib:jdwp=address=[::1]:0,transport=dt_socket,server=y",
        "-agentlib:jdwp=server=y,address=[fe80::1%eth0]:5005"
            + "|-agentlib:jdwp=server=y,address=[fe80::1%eth0]:0",
        "-Xrunjdwp:transport=dt_socket,server=y,suspend=n,address=5005"
            + "|-Xrunjdwp:transport=dt_socket,server=y,suspend=n,address=0",
        "-agentpath:/usr/lib/jvm/lib/libjdwp.so=transport=dt_socket,server=y,address=5005"
            + "|-agentpath:/usr/lib/jvm/lib/libjdwp.so=transport=dt_socket,server=y,address=0",
      })
  void a_port_to_listen_on_becomes_any_free_one(String given, String expected) {
    assertThat(inArguments("java", given, "Main")).containsExactly("java", expected, "Main");
    assertThat(debugger.released()).containsExactly("5005");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-agentlib:jdwp=transport=dt_socket,server=n,address=5005",
        "-agentlib:jdwp=transport=dt_socket,address=ide.example.org:5005",
        "-agentlib:jdwp=transport=dt_socket,server=y",
        "-agentlib:jdwp=transport=dt_socket,server=y,address=0",
        "-agentlib:jdwp=transport=dt_socket,server=y,address=*:0",
        "-agentlib:jdwp=transport=dt_shmem,server=y,address=5005x",
        "-agentlib:jdwp=help",
        "-agentlib:hprof=server=y,address=5005",
        "-agentpath:/opt/other.so=server=y,address=5005",
        "-Daddress=5005",
        "--address=5005",
        "server=y,address=5005",
        "-Dx=-agentlib:jdwp=server=y,address=5005",
        "",
      })
  void everything_else_stays_as_it_is(String argument) {
    assertThat(inArguments(argument)).containsExactly(argument);
    assertThat(debugger.released()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"})
  void is_found_among_other_options_in_a_variable(String variable) {
    List<String> changed =
        inEnvironment(
            "PATH=/bin",
            variable
                + "=-Xmx64m -agentlib:jdwp=transport=dt_socket,server=y,address=*:5005"
                + "\t-Dlast=1 ",
            "LANG=C");

    assertThat(changed)
        .containsExactly(
            "PATH=/bin",
            variable
                + "=-Xmx64m -agentlib:jdwp=transport=dt_socket,server=y,address=*:0"
                + "\t-Dlast=1 ",
            "LANG=C");
    assertThat(debugger.released()).containsExactly("5005");
  }

  @Test
  void every_debugger_of_a_variable_is_found() {
    assertThat(
            inEnvironment(
                "JAVA_TOOL_OPTIONS=-Xrunjdwp:server=y,address=5005"
                    + " -agentlib:jdwp=server=y,address=5006"))
        .containsExactly(
            "JAVA_TOOL_OPTIONS=-Xrunjdwp:server=y,address=0"
                + " -agentlib:jdwp=server=y,address=0");
    assertThat(debugger.released()).containsExactly("5005", "5006");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OPTS=-agentlib:jdwp=server=y,address=5005",
        "JAVA_OPTS=-agentlib:jdwp=server=y,address=5005",
        "MY_JAVA_TOOL_OPTIONS=-agentlib:jdwp=server=y,address=5005",
        "JAVA_TOOL_OPTIONS=",
        "JAVA_TOOL_OPTIONS",
        "=",
        "",
      })
  void a_variable_that_the_jvm_does_not_read_stays_as_it_is(String entry) {
    assertThat(inEnvironment(entry)).containsExactly(entry);
    assertThat(debugger.released()).isEmpty();
  }

  @Test
  void bytes_that_are_no_text_survive() {
    byte[] noText = {'-', 'D', 'x', '=', (byte) 0xFF, (byte) 0xC3, (byte) 0x28, 1};
    byte[] mixed = concat("-agentlib:jdwp=server=y,address=5005,x=", noText);
    byte[] variable = concat("JAVA_TOOL_OPTIONS=-Xrunjdwp:server=y,address=5005 ", noText);

    List<byte[]> arguments = debugger.inArguments(List.of(noText, mixed));
    List<byte[]> environment = debugger.inEnvironment(List.of(noText, variable));

    assertThat(arguments.get(0)).isEqualTo(noText);
    assertThat(arguments.get(1)).isEqualTo(concat("-agentlib:jdwp=server=y,address=0,x=", noText));
    assertThat(environment.get(0)).isEqualTo(noText);
    assertThat(environment.get(1))
        .isEqualTo(concat("JAVA_TOOL_OPTIONS=-Xrunjdwp:server=y,address=0 ", noText));
  }

  private static byte[] concat(String text, byte[] bytes) {
    byte[] head = text.getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[head.length + bytes.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(bytes, 0, all, head.length, bytes.length);
    return all;
  }

  private List<String> inArguments(String... arguments) {
    return strings(debugger.inArguments(Commands.bytes(arguments)));
  }

  private List<String> inEnvironment(String... environment) {
    return strings(debugger.inEnvironment(Commands.bytes(environment)));
  }

  private static List<String> strings(List<byte[]> all) {
    List<String> strings = new ArrayList<>();
    for (byte[] one : all) {
      strings.add(new String(one, StandardCharsets.UTF_8));
    }
    return strings;
  }
}
