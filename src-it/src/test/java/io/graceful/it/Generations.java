package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.jvm.ProcessId;
import java.util.Collections;
import java.util.List;

/** What must be true of the generations of a server after its restarts. */
final class Generations {
  private Generations() {}

  /**
   * Each old process ended with 0 after its shutdown hook ran exactly once; one process is left,
   * and no zombie.
   */
  static void assertOldOnesEndedWell(Server server, List<Restart> restarts) {
    List<Long> stops = server.stops();
    for (Restart restart : restarts) {
      ProcessId old = restart.predecessor();
      assertThat(old.exists()).as("%s is still there", old).isFalse();
      assertThat(restart.exitStatus()).as("exit status of %s", old).hasValue(0);
      assertThat(Collections.frequency(stops, old.pid()))
          .as("shutdown hooks run in %s: %s", old, stops)
          .isEqualTo(1);
    }
    assertOneIsLeft(server);
  }

  static void assertOneIsLeft(Server server) {
    assertThat(server.family().zombies()).as("zombies").isEmpty();
    assertThat(server.family().alive()).containsExactly(server.serving());
    assertThat(server.stops()).as("stopped").doesNotContain(server.serving().pid());
  }

  /** Nothing but the agent's own lines. */
  static void assertQuiet(Server server) {
    assertThat(server.stdout()).as("stdout").isEmpty();
    assertThat(server.stderr()).as("stderr").allMatch(line -> line.startsWith("graceful["));
  }
}
