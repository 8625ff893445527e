package io.graceful.restart;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.config.Options;
import io.graceful.log.Log;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ReactorThread;
import io.graceful.sockets.BoundSockets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeavesNoDescriptor.class)
class AnnouncerTest {

  @RegisterExtension static final ReactorThread REACTOR = new ReactorThread();

  @TempDir Path directory;

  @Test
  void without_a_program_all_is_well() throws Exception {
    assertThat(ask("")).isEmpty();
  }

  @Test
  void a_program_gets_the_facts() throws Exception {
    Path told = directory.resolve("told");
    Path program = program("{ echo $1; env | grep ^RESTART_ | sort; } > " + told);

    assertThat(ask("hook=" + program)).isEmpty();

    assertThat(told)
        .hasContent(
            String.join(
                "\n",
                "before-restart",
                "RESTART_EVENT=before-restart",
                "RESTART_GENERATION=3",
                "RESTART_LISTENERS=",
                "RESTART_NEW_PID=4712",
                "RESTART_PID=7",
                "RESTART_REASON=a = b"));
  }

  @Test
  void a_program_that_fails_is_named() throws Exception {
    Path program = program("exit 3");

    assertThat(ask("hook=" + program)).hasValue("the hook " + program + " exited with 3");
  }

  @Test
  void a_program_that_takes_too_long_is_killed() throws Exception {
    Path program = program("exec sleep 60");

    assertThat(ask("hook.timeout=100ms,hook=" + program))
        .hasValue("the hook " + program + " was killed by signal 9");
  }

  @Test
  void a_program_that_is_not_there_is_named() throws Exception {
    assertThat(ask("hook=/no/such/hook").orElseThrow())
        .startsWith("the hook could not be asked: can't execute /no/such/hook: ");
  }

  private Path program(String script) throws Exception {
    Path program = Files.writeString(directory.resolve("hook"), "#!/bin/sh\n" + script + "\n");
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  private static Optional<String> ask(String options) throws Exception {
    Log log = new Log(7, Log.Level.ERROR);
    Surroundings world =
        new Surroundings(
            7,
            Options.read(options, Map.of()),
            log,
            LIBC,
            REACTOR.reactor,
            new BoundSockets(),
            null,
            new FakeSuccessor(),
            new ProcessExit(log, 0),
            null,
            null);
    CompletableFuture<Optional<String>> problem = new CompletableFuture<>();
    REACTOR.reactor.post(
        () ->
            new Announcer(world, 3)
                .ask(
                    Announcer.Event.BEFORE_RESTART,
                    List.of(),
                    4712,
                    "a = b",
                    words -> problem.complete(Optional.ofNullable(words))));
    return problem.get(30, TimeUnit.SECONDS);
  }
}
