package io.graceful.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PassedDescriptorsTest {

  private static final int PID = 4711;
  private static final int PARENT = 1147;

  @ParameterizedTest
  @CsvSource({"1, '[3]'", "3, '[3, 4, 5]'", "0, '[]'"})
  void begin_with_3(String count, String expected) {
    assertThat(PassedDescriptors.of("4711", count, PID, PARENT)).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource({
    ", 1",
    "4710, 1",
    "4711,",
    "4711, -1",
    "4711, some",
    "4711x, 1",
    "'', 1",
    "child-of-4711, 1"
  })
  void are_none_where_they_are_not_for_this_process(String addressee, String count) {
    assertThat(PassedDescriptors.of(addressee, count, PID, PARENT)).isEmpty();
  }

  @Test
  void may_be_meant_for_a_child_whose_pid_was_not_known() {
    assertThat(PassedDescriptors.of(PassedDescriptors.anyChildOf(PARENT), "1", PID, PARENT))
        .containsExactly(3);
  }

  @ParameterizedTest
  @CsvSource({"2147483647", "100000"})
  void are_not_without_end(String count) {
    assertThat(PassedDescriptors.of("4711", count, PID, PARENT)).hasSize(4096);
  }
}
