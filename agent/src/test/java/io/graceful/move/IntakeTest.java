package io.graceful.move;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IntakeTest {

  @Test
  void leaves_the_app_its_share_of_the_descriptors() {
    assertThat(Intake.capacity(10_000)).isEqualTo((10_000 - 128) / 2);
    assertThat(Intake.capacity(512)).isEqualTo((512 - 128) / 2);
    assertThat(Intake.capacity(128)).isEqualTo((128 - 32) / 2);
    assertThat(Intake.capacity(20)).isEqualTo(7);
    assertThat(Intake.capacity(Long.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void takes_one_at_a_time_where_hardly_any_are_left() {
    assertThat(Intake.capacity(3)).isEqualTo(1);
    assertThat(Intake.capacity(1)).isZero();
    assertThat(Intake.capacity(-5)).isZero();
  }
}
