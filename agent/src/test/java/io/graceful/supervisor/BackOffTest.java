package io.graceful.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BackOffTest {

  private final BackOff backOff = new BackOff();

  @Test
  void each_crash_in_a_row_doubles_the_wait_up_to_half_a_minute() {
    assertThat(backOff.afterCrash(0)).isEqualTo(100);
    assertThat(backOff.afterCrash(0)).isEqualTo(200);
    assertThat(backOff.afterCrash(TimeUnit.SECONDS.toNanos(59))).isEqualTo(400);
    for (int i = 0; i < 10; i++) {
      backOff.afterCrash(0);
    }
    assertThat(backOff.afterCrash(0)).isEqualTo(30_000);
  }

  @Test
  void who_has_served_for_a_minute_begins_a_new_row() {
    backOff.afterCrash(0);
    backOff.afterCrash(0);

    assertThat(backOff.afterCrash(TimeUnit.MINUTES.toNanos(1))).isEqualTo(100);
  }
}
