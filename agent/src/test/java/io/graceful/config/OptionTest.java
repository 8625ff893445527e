package io.graceful.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OptionTest {

  @ParameterizedTest
  @EnumSource
  void accepts_its_own_default(Option option) {
    assertThat(option.defaultValue().isEmpty() || option.accepts(option.defaultValue())).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void is_found_by_its_key_and_says_what_is_allowed(Option option) {
    assertThat(Option.byKey(option.key())).isSameAs(option);
    assertThat(option.allowed()).isNotEmpty();
    assertThat(option.text()).endsWith(".");
  }

  @Test
  void keys_are_different_from_each_other() {
    assertThat(Arrays.stream(Option.values()).map(Option::key)).doesNotHaveDuplicates();
    assertThat(Arrays.stream(Option.values()).map(Option::variable)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({
    "DRAIN_TIMEOUT, GRACEFUL_DRAIN_TIMEOUT",
    "SOAK, GRACEFUL_SOAK",
    "RESTART_SIGNAL, GRACEFUL_RESTART_SIGNAL",
  })
  void its_variable_is_its_key_in_capitals(Option option, String variable) {
    assertThat(option.variable()).isEqualTo(variable);
  }

  @ParameterizedTest
  @CsvSource({
    "RESTART_SIGNAL, USR2",
    "RESTART_SIGNAL, HUP",
    "RESTART_SIGNAL, USR2+HUP",
    "STOP_SIGNALS, none",
    "STOP_SIGNALS, TERM",
    "STOP_SIGNALS, TERM+INT+HUP",
    "SOAK, 0",
    "SOAK, 250ms",
    "UNCLAIMED, fail",
    "UNCLAIMED, drop",
    "LOG_LEVEL, error",
    "LOG_LEVEL, info",
    "LOG_LEVEL, debug",
    "CWD, /srv/current",
  })
  void accepts(Option option, String value) {
    assertThat(option.accepts(value)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "RESTART_SIGNAL, ''",
    "RESTART_SIGNAL, none",
    "RESTART_SIGNAL, SIGUSR2",
    "RESTART_SIGNAL, usr2",
    "RESTART_SIGNAL, 12",
    "RESTART_SIGNAL, KILL",
    "RESTART_SIGNAL, STOP",
    "RESTART_SIGNAL, SEGV",
    "RESTART_SIGNAL, QUIT",
    "RESTART_SIGNAL, USR2+",
    "RESTART_SIGNAL, +USR2",
    "RESTART_SIGNAL, 'USR2,HUP'",
    "STOP_SIGNALS, ''",
    "STOP_SIGNALS, none+TERM",
    "STOP_SIGNALS, TERM++INT",
    "STOP_SIGNALS, USR2",
    "STOP_SIGNALS, TERM+USR2",
    "SOAK, ''",
    "SOAK, soon",
    "UNCLAIMED, Fail",
    "UNCLAIMED, ''",
    "LOG_LEVEL, warn",
    "CWD, ''",
    "CONFIG, ''",
  })
  void refuses(Option option, String value) {
    assertThat(option.accepts(value)).isFalse();
  }
}
