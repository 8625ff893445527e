package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.GrpcClient;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Jdk;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

/** HTTP/2: no call fails, neither a new one nor one in flight. */
@ExtendWith(ServersExtension.class)
class GrpcIT {
  private static final int SHORT_CALLS = 400;
  private static final int LONG_CALLS = 10;
  private static final int LONG_MILLIS = 700;

  @EachJdk
  void no_call_fails(int feature, Servers servers) throws Exception {
    Jdk jdk = Jdks.find(feature);
    Server server = servers.launch(Apps.GRPC, jdk).start();
    try (GrpcClient shortCalls =
            GrpcClient.start(
                server, jdk, SHORT_CALLS, 0, servers.directory().resolve("short.log"));
        GrpcClient longCalls =
            GrpcClient.start(
                server, jdk, LONG_CALLS, LONG_MILLIS, servers.directory().resolve("long.log"))) {
      Restart restart = server.restart();
      assertThat(shortCalls.isRunning()).as("calls went on during the restart").isTrue();
      assertThat(longCalls.isRunning()).as("calls went on during the restart").isTrue();
      assertThat(shortCalls.awaitEnd()).isEqualTo("ok=" + SHORT_CALLS + " failed=0\n");
      assertThat(longCalls.awaitEnd()).isEqualTo("ok=" + LONG_CALLS + " failed=0\n");
      Generations.assertOldOnesEndedWell(server, List.of(restart));
      Generations.assertQuiet(server);
    }
  }
}
