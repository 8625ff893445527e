package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.App;
import io.graceful.it.app.Apps;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.load.Load;
import io.graceful.it.load.LoadReport;
import java.nio.file.Files;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The new process dies in the soak: whatever the old one accepts with, it does so again. */
@ExtendWith(ServersExtension.class)
class TakenBackIT {

  /** Each waits for clients in a way of its own. */
  static Stream<Arguments> appsAndJdks() {
    return Jdks.with(
        Stream.of(Apps.THREADS, Apps.NIO2, Apps.VIRTUAL, Apps.TOMCAT_NIO, Apps.NETTY_EPOLL));
  }

  @ParameterizedTest(name = "{0} jdk {1}")
  @MethodSource("appsAndJdks")
  void serves_again(App app, int jdk, Servers servers) throws Exception {
    Server server =
        servers.launch(app, Jdks.find(jdk)).option("soak", "30s").with("crash-from", 2).start();
    ProcessId old = server.serving();
    Map<Integer, String> listeners = server.view().listeners();
    Load load = server.load().connectionPerRequest(200).start();
    Restart restart = server.beginRestart();
    ProcessId successor = restart.awaitSuccessor();
    restart.awaitHandover();
    Files.createFile(server.state("crash"));
    server.awaitExit(successor, Server.LIMIT);
    server.awaitStderr("the old one serves", line -> line.contains("serving again on "));
    server.awaitStderr(
        "what became of connections",
        line ->
            line.matches(
                ".*]: restart taken back: (no connection had moved|\\d+ connections? had moved and"
                    + " (is|are) lost), \\d+ connections? comes? back"));
    Await.untilAsserted(
        Settled.LIMIT, () -> assertThat(server.view().listeners()).isEqualTo(listeners));
    LoadReport back = load.snapshot();
    Await.until(
        "200 more answers",
        Server.LIMIT,
        () -> load.snapshot().succeeded() > back.succeeded() + 200);
    LoadReport report = load.stop();

    assertThat(report.failed() - back.failed()).as("since it is back%n%s", report).isZero();
    assertThat(server.greet().pid()).isEqualTo(old.pid());
    assertThat(server.family().alive()).containsExactly(old);
  }
}
