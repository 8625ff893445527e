package io.graceful.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.config.Option;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UsageTest {

  @ParameterizedTest
  @EnumSource
  void the_usage_lists_every_option_with_its_default(Option option) {
    String shown =
        option.defaultValue().isEmpty() ? "" : " (default " + option.defaultValue() + ")";

    assertThat(printed(Usage::print)).contains("\n  " + option.key() + shown + "\n");
  }

  @ParameterizedTest
  @EnumSource
  void the_usage_says_what_each_option_means_and_allows(Option option) {
    String inOneLine = printed(Usage::print).replaceAll("\\s+", " ");

    assertThat(inOneLine).contains(option.text() + " Allowed: " + option.allowed() + ".");
  }

  @Test
  void the_text_of_the_options_fits_into_a_terminal() {
    assertThat(printed(Usage::print).lines())
        .filteredOn(line -> line.startsWith("      "))
        .hasSizeGreaterThan(Option.values().length)
        .allMatch(line -> line.length() <= 80);
  }

  @ParameterizedTest
  @EnumSource
  void the_options_page_has_a_row_for_every_option(Option option) {
    assertThat(printed(Usage::markdown).lines())
        .filteredOn(line -> line.startsWith("| `" + option.key() + "` | `" + option.variable()))
        .singleElement()
        .satisfies(row -> assertThat(row.split(" \\| ", -1)).hasSize(5));
  }

  @Test
  void the_options_page_of_the_docs_is_what_this_version_prints() throws Exception {
    assertThat(Files.readString(Path.of("../docs/options.md")))
        .as("update it: java -jar agent/target/graceful.jar --options-markdown > docs/options.md")
        .isEqualTo(printed(Usage::markdown));
  }

  @Test
  void every_command_prints_json_but_run() {
    assertThat(Cli.commandLine().getSubcommands())
        .hasSizeGreaterThan(2)
        .allSatisfy(
            (name, command) ->
                assertThat(command.getCommandSpec().findOption("--json") == null)
                    .as(name)
                    .isEqualTo(name.equals("run")));
  }

  private static String printed(Consumer<PrintStream> page) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    page.accept(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
