package io.graceful.drain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ThisFirstTest {

  private int taken;
  private int inTheApp;
  private int looksAtTheApp;
  private Runnable meanwhile = () -> {};

  private final Drain drain =
      new ThisFirst(
          () -> new Drain.Census(taken, 0),
          () -> {
            looksAtTheApp++;
            meanwhile.run();
            return new Drain.Census(inTheApp, 1);
          });

  @Test
  void the_rest_is_not_looked_at_while_there_is_something_to_wait_for() throws IOException {
    taken = 2;
    inTheApp = 3;

    assertThat(drain.look().busy()).isEqualTo(2);
    assertThat(looksAtTheApp).isZero();
  }

  @Test
  void all_are_counted_if_asked() throws IOException {
    taken = 2;
    inTheApp = 3;

    assertThat(drain.count().busy()).isEqualTo(5);
    assertThat(drain.count().idle()).isEqualTo(1);
  }

  @Test
  void the_rest_is_looked_at_at_last() throws IOException {
    inTheApp = 3;
    assertThat(drain.look().busy()).isEqualTo(3);
    inTheApp = 0;
    assertThat(drain.look().busy()).isZero();
  }

  @Test
  void what_is_taken_during_a_look_is_not_missed() throws IOException {
    inTheApp = 1;
    meanwhile =
        () -> {
          taken++;
          inTheApp--;
        };

    assertThat(drain.look().busy()).isEqualTo(1);
  }
}
