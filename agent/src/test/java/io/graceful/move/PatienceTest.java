package io.graceful.move;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PatienceTest {

  private long now = -1;
  private final Patience patience = new Patience(() -> now);

  @Test
  void a_process_that_was_stopped_for_minutes_has_had_no_chance() {
    now += 100 * Patience.NANOS;

    for (int look = 1; look < Patience.LOOKS; look++) {
      patience.look();
      assertThat(patience.isOver()).isFalse();
    }
    patience.look();
    assertThat(patience.isOver()).isTrue();
  }

  @Test
  void many_looks_in_a_short_time_are_not_enough() {
    for (int look = 0; look < 2 * Patience.LOOKS; look++) {
      patience.look();
    }
    now += Patience.NANOS - 1;
    assertThat(patience.isOver()).isFalse();
    now++;
    assertThat(patience.isOver()).isTrue();
  }
}
