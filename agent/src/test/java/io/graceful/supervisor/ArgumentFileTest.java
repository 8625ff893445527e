package io.graceful.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each as the launcher of JDK 17 has read it. */
class ArgumentFileTest {

  @ParameterizedTest
  @MethodSource("files")
  void is_read_as_the_launcher_reads_it(String text, List<String> words) {
    assertThat(ArgumentFile.words(text)).isEqualTo(words);
  }

  static Stream<Arguments> files() {
    return Stream.of(
        Arguments.of("", List.of()),
        Arguments.of(" -Xmx1g\t-jar\n\r\n app.jar \f", List.of("-Xmx1g", "-jar", "app.jar")),
        Arguments.of("-Dp=a\\b\\nc", List.of("-Dp=a\\b\\nc")),
        Arguments.of("-Dq=\"x\\ty\\\\z\" # more", List.of("-Dq=x\ty\\z")),
        Arguments.of("'-Dr=#1 2'", List.of("-Dr=#1 2")),
        Arguments.of("-Dr=\"open\nM", List.of("-Dr=open", "M")),
        Arguments.of("\"-Dq=con\\\n    tin ued\" M", List.of("-Dq=contin ued", "M")),
        Arguments.of("-Dr=x\\\n   y", List.of("-Dr=x\\", "y")),
        Arguments.of("-Dp='it''s' -Dq=a\"b c\"d", List.of("-Dp=its", "-Dq=ab cd")));
  }
}
