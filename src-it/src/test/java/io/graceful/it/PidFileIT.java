package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.app.Apps;
import io.graceful.it.app.Launch;
import io.graceful.it.app.Restart;
import io.graceful.it.app.Server;
import io.graceful.it.junit.Servers;
import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The file always tells the process that serves. */
@ExtendWith(ServersExtension.class)
class PidFileIT {

  private static final String ABSENT = "";

  @TempDir private Path directory;

  @EachJdk
  void goes_with_each_restart_and_is_gone_at_the_end(int jdk, Servers servers) throws Exception {
    Path file = directory.resolve("app.pid");
    Files.writeString(file, "1\n"); // As left by a machine that lost its power.
    Server server = launch(servers, jdk, file).start();
    awaitTells(file, server.serving());

    try (Watch watch = new Watch(file)) {
      for (int restarts = 1; restarts <= 3; restarts++) {
        server.restart();
        assertThat(Files.readString(file)).isEqualTo(server.serving().pid() + "\n");
      }
      assertThat(watch.seen())
          .containsExactlyElementsOf(server.starts().stream().map(pid -> pid + "\n").toList());
    }
    server.signal(Signal.SIGTERM);
    server.awaitExit(server.serving(), Server.LIMIT);
    assertThat(directory).isEmptyDirectory();
    Generations.assertQuiet(server);
  }

  @Test
  void can_not_be_written_by_others_whatever_the_umask(Servers servers) throws Exception {
    Path file = directory.resolve("app.pid");
    Server server = launch(servers, Jdks.any().feature(), file).after("umask 000").start();
    awaitTells(file, server.serving());

    server.restart();

    awaitTells(file, server.serving());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r--r--");
  }

  @Test
  void comes_back_from_a_successor_that_failed(Servers servers) throws Exception {
    Path file = directory.resolve("app.pid");
    Server server =
        launch(servers, Jdks.any().feature(), file)
            .option("soak", "10s")
            .with("crash-from", 2)
            .start();
    ProcessId old = server.serving();
    awaitTells(file, old);

    Restart crashing = server.beginRestart();
    ProcessId successor = crashing.awaitSuccessor();
    crashing.awaitHandover();
    awaitTells(file, successor);
    Files.createFile(server.state("crash"));
    server.awaitExit(successor, Server.LIMIT);
    awaitTells(file, old);
  }

  @Test
  void is_not_taken_by_a_second_server_that_can_not_bind(Servers servers) throws Exception {
    Path file = directory.resolve("app.pid");
    Server server = launch(servers, Jdks.any().feature(), file).start();
    awaitTells(file, server.serving());

    Process second =
        new ProcessBuilder(server.view().arguments())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("second.log").toFile())
            .start();
    try {
      assertThat(second.waitFor(Server.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(Files.readString(directory.resolve("second.log"))).contains("already in use");
    } finally {
      second.destroyForcibly();
    }
    assertThat(Files.readString(file)).isEqualTo(server.serving().pid() + "\n");
  }

  @Test
  void where_it_can_not_be_written_the_application_runs_on(Servers servers) throws Exception {
    Path file = directory.resolve("missing/app.pid");
    Server server = launch(servers, Jdks.any().feature(), file).start();

    server.awaitStderr(
        "the reason",
        line ->
            line.startsWith(
                "graceful["
                    + server.serving().pid()
                    + "]: can't write the pidfile "
                    + file
                    + ": "));
    server.restart();
    assertThat(server.greet().generation()).isEqualTo(2);
  }

  private static Launch launch(Servers servers, int jdk, Path file) throws IOException {
    return servers
        .launch(Apps.HTTPSERVER, Jdks.find(jdk))
        .option("soak", "200ms")
        .option("pidfile", file.toString());
  }

  private static void awaitTells(Path file, ProcessId process) {
    Await.until(
        file + " tells " + process,
        Server.LIMIT,
        () -> contentOf(file).equals(process.pid() + "\n"));
  }

  private static String contentOf(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException none) {
      return ABSENT;
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  /** Reads it all the time. */
  private static final class Watch implements AutoCloseable {
    private final Set<String> seen = new LinkedHashSet<>();
    private final Thread thread;
    private volatile boolean over;

    Watch(Path file) {
      thread =
          new Thread(
              () -> {
                while (!over) {
                  seen.add(contentOf(file));
                  LockSupport.parkNanos(1_000_000);
                }
              });
      thread.start();
    }

    /** Each content once, in the order in which it came. */
    List<String> seen() throws InterruptedException {
      close();
      return List.copyOf(seen);
    }

    @Override
    public void close() throws InterruptedException {
      over = true;
      thread.join();
    }
  }
}
