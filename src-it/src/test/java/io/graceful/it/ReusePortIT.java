package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.load.Load;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * With SO_REUSEPORT the new process could bind a listener of its own, and what waits in the old
 * one's accept queue would be reset: it has to inherit that very listener all the same.
 */
@ExtendWith(ServersExtension.class)
class ReusePortIT {

  static Stream<Integer> jdks() {
    return Jdks.since(Apps.REUSEPORT.oldestJdk());
  }

  @ParameterizedTest(name = "jdk {0}", allowZeroInvocations = true)
  @MethodSource("jdks")
  void listener_is_inherited_though_the_port_could_be_bound_again(int jdk, Servers servers)
      throws Exception {
    Server server = servers.launch(Apps.REUSEPORT, Jdks.find(jdk)).start();
    Map<Integer, String> before = server.view().listeners();
    assertThat(before).containsOnlyKeys(server.port());

    Load load = Loads.start(server);
    Restart first = server.restart();
    Restart second = server.restart();

    Loads.assertNothingFailed(load.stop());
    assertThat(server.view().listeners()).isEqualTo(before);
    Generations.assertOldOnesEndedWell(server, List.of(first, second));
    Generations.assertQuiet(server);
  }
}
