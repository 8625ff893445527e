package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Server;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.ProcessView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What can be compared only when nothing is in motion. */
final class Settled {
  static final Duration LIMIT = Duration.ofSeconds(20);

  private Settled() {}

  /**
   * The descriptors of the serving process once all connections to it are closed and its control
   * socket is open, and while the JVM isn't looking at the limits of its container.
   */
  static List<String> descriptors(Server server) {
    List<List<String>> settled = new ArrayList<>();
    Await.untilAsserted(
        LIMIT,
        () -> {
          List<String> descriptors = server.view().descriptors();
          assertThat(descriptors)
              .doesNotContain("tcp")
              .contains(ProcessView.CONTROL_SOCKET)
              .noneMatch(path -> path.startsWith("/sys/fs/cgroup/"));
          settled.add(descriptors);
        });
    return settled.get(0);
  }

  /**
   * The same after the server has done all that the load asks for, and has opened what it needs for
   * it.
   */
  static List<String> descriptorsAfterLoad(Server server) {
    Loads.assertNothingFailed(Loads.start(server).stop());
    return descriptors(server);
  }
}
