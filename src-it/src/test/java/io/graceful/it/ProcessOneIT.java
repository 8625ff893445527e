package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.FreePort;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.ProcessFamily;
import io.graceful.it.jvm.ProcessId;
import io.graceful.it.jvm.ProcessView;
import io.graceful.it.load.Endpoint;
import io.graceful.it.load.Greeting;
import io.graceful.it.load.Request;
import io.graceful.it.load.RequestFailed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * {@code run} as in a container, in a pid namespace of its own: what it does not reap stays, and
 * all others end with it.
 */
@ExtendWith(ServersExtension.class)
class ProcessOneIT {

  /** As Java ends after SIGTERM. */
  private static final int STOPPED = 143;

  @Test
  void restarts_and_ends_as_the_server_does(Servers servers) throws Exception {
    try (Container container = Container.start(servers)) {
      assertThat(ProcessView.of(container.one.pid()).status("NSpid")).endsWith("\t1");
      container.awaitStored();

      for (int generation = 2; generation <= 3; generation++) {
        long old = container.greet().pid();
        assertThat(container.one.signal(Signal.SIGUSR2)).isTrue();
        container.awaitGreeting(generation);
        assertThat(container.greet().pid()).isNotIn(1L, old);
        Await.until("one generation", Server.LIMIT, () -> container.family.alive().size() == 3);
        Supervised.assertReaps(container.one);
      }
      container.stop();
    }
  }

  @Test
  void starts_a_server_again_that_crashes_and_crashes(Servers servers) throws Exception {
    try (Container container = Container.start(servers)) {
      container.awaitStored();
      for (int crash = 1; crash <= 3; crash++) {
        ProcessId server = container.server();
        assertThat(server.signal(Signal.SIGKILL)).isTrue();
        Await.until("the end of " + server, Server.LIMIT, () -> !server.exists());
        assertThat(container.greet().generation()).as("a client that waits").isEqualTo(crash + 1);
        Supervised.assertReaps(container.one);
      }
      assertThat(container.stderr())
          .extracting(line -> line.replaceAll("^graceful.1.: pid [0-9]+ ", ""))
          .contains(
              "was killed by signal 9: starting it again in 100 ms; clients wait at 1 sockets",
              "was killed by signal 9: starting it again in 200 ms; clients wait at 1 sockets",
              "was killed by signal 9: starting it again in 400 ms; clients wait at 1 sockets");
      container.stop();
    }
  }

  @Test
  void reaps_what_the_application_leaves_behind(Servers servers) throws Exception {
    try (Container container = Container.start(servers)) {
      assertThat(Request.get(container.endpoint, "/orphan")).isEqualTo("orphaned\n");
      ProcessId orphan =
          Await.value(
              "a child of the application in process 1",
              Server.LIMIT,
              () ->
                  ProcessView.of(container.one.pid()).children().stream()
                      .filter(child -> ProcessView.of(child.pid()).arguments().contains("sleep"))
                      .findFirst());
      assertThat(orphan.signal(Signal.SIGKILL)).isTrue();
      Await.until("that it is reaped", Server.LIMIT, () -> !Files.exists(proc(orphan)));
      assertThat(container.greet().generation()).isEqualTo(1);
      container.stop();
    }
  }

  private static Path proc(ProcessId process) {
    return Path.of("/proc/" + process.pid());
  }

  private static final class Container implements AutoCloseable {
    final Path directory;
    final int port;
    final Endpoint endpoint;
    final ProcessFamily family;
    final ProcessId one;

    private Container(Path directory, int port, ProcessFamily family) {
      this.directory = directory;
      this.port = port;
      this.endpoint = Endpoint.tcp("127.0.0.1", port);
      this.family = family;
      awaitGreeting(1);
      this.one = child(family.first());
    }

    static Container start(Servers servers) throws Exception {
      int port = FreePort.find();
      List<String> command =
          new ArrayList<>(List.of("unshare", "-r", "--pid", "--fork", "--mount-proc"));
      command.addAll(Supervised.supervisor(servers, Jdks.any(), "soak=300ms"));
      command.addAll(
          List.of(Jdks.any().java().toString(), "-jar", Apps.HTTPSERVER.jar().toString()));
      command.addAll(Apps.HTTPSERVER.arguments());
      command.addAll(List.of("port=" + port, "state=" + servers.directory()));
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.redirectOutput(servers.directory().resolve("stdout.log").toFile());
      builder.redirectError(servers.directory().resolve("stderr.log").toFile());
      ProcessFamily family = ProcessFamily.start(builder);
      try {
        return new Container(servers.directory(), port, family);
      } catch (Throwable failure) {
        family.close();
        throw failure;
      }
    }

    /** That which serves, while it is the only one. */
    ProcessId server() {
      return child(one);
    }

    private ProcessId child(ProcessId parent) {
      return family.alive().stream()
          .filter(process -> process.parent() == parent.pid())
          .findFirst()
          .orElseThrow();
    }

    Greeting greet() throws RequestFailed {
      return Greeting.parse(Request.get(endpoint, "/"));
    }

    void awaitGreeting(int generation) {
      Await.until(
          "an answer of generation " + generation,
          Server.LIMIT,
          () -> {
            try {
              return greet().generation() == generation;
            } catch (RequestFailed notYet) {
              return false;
            }
          });
    }

    void awaitStored() {
      Await.until(
          "its socket in process 1",
          Server.LIMIT,
          () -> ProcessView.of(one.pid()).listeners().containsKey(port));
    }

    List<String> stderr() throws Exception {
      return Files.readAllLines(directory.resolve("stderr.log"));
    }

    void stop() {
      assertThat(one.signal(Signal.SIGTERM)).isTrue();
      Await.until("the end", Server.LIMIT, () -> family.hasEnded(family.first()));
      assertThat(family.exitStatus(family.first())).hasValue(STOPPED);
      assertThat(family.alive()).isEmpty();
    }

    @Override
    public void close() {
      family.close();
    }
  }
}
