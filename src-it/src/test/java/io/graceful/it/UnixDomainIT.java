package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Listeners on a path: the file must outlive the process that made it. */
@ExtendWith(ServersExtension.class)
class UnixDomainIT {
  static Stream<Arguments> appsAndJdks() {
    return Jdks.with(Stream.of(Apps.UNIX, Apps.NETTY_UNIX));
  }

  @ParameterizedTest(name = "{0} jdk {1}")
  @MethodSource("appsAndJdks")
  void no_request_fails(App app, int jdk, Servers servers) throws Exception {
    Server server = servers.launch(app, Jdks.find(jdk)).start();
    RestartUnderLoadIT.restartUnderLoad(server, Loads.start(server));
    assertThat(Path.of(server.argument("path"))).exists();
  }
}
