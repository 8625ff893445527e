package io.graceful.os;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaitStatusTest {

  @ParameterizedTest
  @CsvSource({
    "0x0000, exited with 0, 0",
    "0x0100, exited with 1, 1",
    "0x4600, exited with 70, 70",
    "0xFF00, exited with 255, 255",
    "0x0009, was killed by signal 9, 137",
    "0x000F, was killed by signal 15, 143",
    "0x0086, was killed by signal 6, 134",
    "0x008B, was killed by signal 11, 139",
  })
  void says_how_a_process_ended(String status, String words, int exitCode) {
    assertThat(WaitStatus.inWords(Integer.decode(status))).isEqualTo(words);
    assertThat(WaitStatus.exitCode(Integer.decode(status))).isEqualTo(exitCode);
  }
}
