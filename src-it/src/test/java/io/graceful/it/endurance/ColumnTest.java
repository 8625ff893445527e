package io.graceful.it.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ColumnTest {

  private static final int RESTARTS = 60;

  @Test
  void nothing_grows_where_all_is_the_same() {
    assertThat(growing(number -> facts(number, 500, 100, 20, 4))).isEmpty();
  }

  @Test
  void noise_does_not_grow() {
    assertThat(growing(number -> facts(number, 500 + number * 7 % 90, 100 + number % 3, 20, 4)))
        .isEmpty();
  }

  @Test
  void a_descriptor_more_in_every_generation_grows() {
    assertThat(growing(number -> facts(number, 500, 100, 20 + number, 4)))
        .containsExactly("descriptors");
  }

  @Test
  void a_single_one_that_stays_grows() {
    assertThat(growing(number -> facts(number, 500, 100, number < 35 ? 20 : 21, 4)))
        .containsExactly("descriptors");
  }

  @Test
  void a_thread_of_the_agent_grows() {
    assertThat(growing(number -> facts(number, 500, 100, 20, number < 35 ? 4 : 5)))
        .contains("agent's threads");
  }

  @Test
  void memory_and_time_grow() {
    assertThat(growing(number -> facts(number, 500, 100 + number * 0.4, 20, 4)))
        .containsExactly("RSS MB");
    assertThat(growing(number -> facts(number, 500 + number * 10, 100, 20, 4)))
        .containsExactly("restart ms");
  }

  @Test
  void what_wavers_needs_more_generations() {
    List<Facts> few = List.of(facts(3, 500, 100, 20, 4));

    assertThat(Column.ALL).noneMatch(column -> column.canBeCompared(few));
    List<Facts> some = Collections.nCopies(Column.LEAST, few.get(0));
    assertThat(Column.ALL.stream().filter(column -> column.canBeCompared(some)))
        .extracting(Column::name)
        .contains("descriptors", "zombies")
        .doesNotContain("RSS MB", "restart ms", "threads");
  }

  @Test
  void one_that_kept_a_connection_holds_something_else() {
    Facts before = facts(3, 500, 100, 20, 4);

    assertThat(before.hasAsMuchAs(facts(4, 600, 110, 20, 4))).isTrue();
    assertThat(before.hasConnections(20)).isTrue();
    assertThat(before.hasAsMuchAs(facts(4, 500, 100, 21, 4))).isFalse();
    assertThat(before.hasConnections(21)).isFalse();
  }

  private static List<String> growing(IntFunction<Facts> generation) {
    List<Facts> series = IntStream.range(0, RESTARTS).mapToObj(generation).toList();
    return Column.ALL.stream().filter(column -> column.grows(series)).map(Column::name).toList();
  }

  private static Facts facts(
      int generation, long millis, double megabytes, int connections, int agentThreads) {
    return new Facts(
        generation,
        millis,
        megabytes,
        Collections.nCopies(connections, "tcp"),
        agentThreads,
        40,
        1000,
        500,
        0,
        2);
  }
}
