package io.graceful.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SupervisorProcessTest {

  @Test
  void keeps_the_settings_of_the_jvm_that_it_was() {
    assertThat(
            settings("java", "-Xmx9m", "-ea", "-javaagent:a.jar", "-Da=b", "-jar", "graceful.jar"))
        .containsExactly("-Xmx9m", "-javaagent:a.jar", "-Da=b");
    assertThat(settings("java", "--add-opens=a/b=c", "-Xss1m", "-jar", "graceful.jar", "-Xmx4g"))
        .containsExactly("--add-opens=a/b=c", "-Xss1m");
  }

  @Test
  void takes_nothing_that_names_a_program() {
    assertThat(settings("java", "-Xmx9m", "-cp", "graceful.jar", "io.graceful.Main", "run"))
        .containsExactly("-Xmx9m");
    assertThat(settings("java", "-Xmx9m", "@graceful", "--", "java", "-Xmx4g"))
        .containsExactly("-Xmx9m");
  }

  private static List<String> settings(String... commandLine) {
    return SupervisorProcess.settings(
            Stream.of(commandLine)
                .map(word -> word.getBytes(StandardCharsets.ISO_8859_1))
                .collect(Collectors.toList()))
        .stream()
        .map(word -> new String(word, StandardCharsets.ISO_8859_1))
        .collect(Collectors.toList());
  }
}
