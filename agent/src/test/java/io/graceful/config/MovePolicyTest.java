package io.graceful.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MovePolicyTest {

  @ParameterizedTest
  @CsvSource({
    "auto,              8080, true",
    "off,               8080, false",
    "8443:off,          8080, true",
    "8443:off,          8443, false",
    "8443:off+9000:off, 9000, false",
    "8443:off+9000:off, 9001, true",
  })
  void says_which_ports_move(String text, int port, boolean moves) {
    assertThat(Option.MOVE.accepts(text)).isTrue();
    assertThat(MovePolicy.parse(text).moves(port)).isEqualTo(moves);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "on", "8443", "8443:on", "off+8443:off", "8443:off+", "-1:off", "x:off"})
  void refuses_what_it_does_not_know(String text) {
    assertThat(Option.MOVE.accepts(text)).isFalse();
  }
}
