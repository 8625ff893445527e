package io.graceful.move;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GapsTest {

  private final Gaps gaps = new Gaps();

  @Test
  void median_and_longest_in_ms() {
    gaps.add(90_999_999);
    gaps.add(2_000_000);
    gaps.add(7_100_000);
    assertThat(gaps).hasToString("connections were on their way for 7 ms, at most 90 ms");
  }

  @Test
  void no_gap_at_all() {
    assertThat(gaps).hasToString("no connection was on its way");
  }
}
