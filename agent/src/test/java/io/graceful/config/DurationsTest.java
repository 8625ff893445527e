package io.graceful.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0ms, 0",
    "500ms, 500",
    "10s, 10000",
    "10, 10000",
    "007s, 7000",
    "2m, 120000",
    "1440m, 86400000",
    "86400s, 86400000",
    "86400, 86400000",
    "86400000ms, 86400000",
  })
  void reads(String text, long millis) {
    assertThat(Durations.parse(text)).isEqualTo(millis);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "s",
        "ms",
        "m",
        "-1s",
        "+1s",
        "1.5s",
        "1,5s",
        " 1s",
        "1s ",
        "1 s",
        "1S",
        "1h",
        "1d",
        "1mss",
        "1sm",
        "0x10",
        "١s",
        "1441m",
        "86401s",
        "86400001ms",
        "99999999m",
        "123456789ms",
        "9223372036854775807",
      })
  void refuses(String text) {
    assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
