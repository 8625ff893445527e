package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Descriptor numbers are exchanged while the application opens and closes others as fast as it can,
 * and its clients come and go: not one byte gets into the wrong file or connection.
 */
@ExtendWith(ServersExtension.class)
class DescriptorChurnIT {

  private static final int THREADS = 2;

  /** Of a generation, which may live for little more than a second. */
  private static final long LEAST_ROUNDS = 100;

  /** A thread that blocks for each connection, and an event loop. */
  static Stream<Arguments> appsAndJdks() {
    return Jdks.with(Stream.of(Apps.THREADS, Apps.NIO));
  }

  @ParameterizedTest(name = "{0} jdk {1}")
  @MethodSource("appsAndJdks")
  void every_byte_is_where_it_was_written(App app, int jdk, Servers servers) throws Exception {
    Server server = servers.launch(app, Jdks.find(jdk)).with("churn", THREADS).start();
    Load load =
        server
            .load()
            .connectionPerRequest(150)
            .keepAlive(10, 20, false)
            .keepAlive(10, 20, true)
            .start();
    LoadReport report = RestartUnderLoadIT.restartUnderLoad(server, load);
    Loads.assertConnectionsKept(report);

    assertThat(server.state("mixed-up")).as("bytes in the wrong place").doesNotExist();
    List<String> churned = Files.readAllLines(server.state("churned"));
    assertThat(churned).as("generations that have ended").hasSize(server.starts().size() - 1);
    assertThat(churned)
        .as("files, sockets and selectors opened and closed")
        .allSatisfy(rounds -> assertThat(Long.parseLong(rounds)).isGreaterThan(LEAST_ROUNDS));
  }
}
