package io.graceful.os;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchTest {

  @ParameterizedTest
  @CsvSource({
    "X86_64, 43, true, false",
    "X86_64, 288, true, false",
    "X86_64, 7, false, true",
    "X86_64, 271, false, true",
    "X86_64, 202, false, false",
    "AARCH64, 202, true, false",
    "AARCH64, 242, true, false",
    "AARCH64, 73, false, true",
    "AARCH64, 7, false, false",
  })
  void tells_the_calls_that_wait_for_a_connection(
      Arch arch, int call, boolean isAccept, boolean isPoll) {
    assertThat(arch.isAccept(call)).isEqualTo(isAccept);
    assertThat(arch.isPoll(call)).isEqualTo(isPoll);
  }

  @Test
  void knows_the_machine_that_it_runs_on() {
    assertThat(Arch.current().nativeFolder.replace("_", ""))
        .startsWith(System.getProperty("os.arch").replace("amd64", "x8664"));
  }
}
