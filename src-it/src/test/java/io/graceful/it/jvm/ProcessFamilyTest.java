package io.graceful.it.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import jnr.constants.platform.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProcessFamilyTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @TempDir Path directory;

  @Test
  void exit_status_of_the_first_process_is_known() throws Exception {
    try (ProcessFamily family = start("exit 7")) {
      Await.until("exit", LIMIT, () -> family.hasEnded(family.first()));
      assertThat(family.exitStatus(family.first())).hasValue(7);
    }
  }

  @Test
  void orphan_is_adopted_and_its_exit_status_is_known() throws Exception {
    try (ProcessFamily family =
        start("sh -c 'echo $$ > pid.tmp; mv pid.tmp pid; read x < go; exit 9' & exit 0")) {
      ProcessId orphan = orphan(family);
      Await.until("adoption", LIMIT, () -> orphan.parent() == ProcessHandle.current().pid());
      assertThat(family.alive()).containsExactly(orphan);

      Files.writeString(directory.resolve("go"), "\n");
      Await.until("exit", LIMIT, () -> family.hasEnded(orphan));
      assertThat(family.exitStatus(orphan)).hasValue(9);
    }
  }

  @Test
  void death_by_a_signal_shows_in_the_exit_status() throws Exception {
    try (ProcessFamily family =
        start("sh -c 'echo $$ > pid.tmp; mv pid.tmp pid; exec sleep 60' & exit 0")) {
      ProcessId orphan = orphan(family);
      Await.until("adoption", LIMIT, () -> orphan.parent() == ProcessHandle.current().pid());
      assertThat(orphan.signal(Signal.SIGTERM)).isTrue();
      Await.until("exit", LIMIT, () -> family.hasEnded(orphan));
      assertThat(family.exitStatus(orphan)).hasValue(128 + 15);
    }
  }

  @Test
  void close_kills_orphans_too() throws Exception {
    ProcessId orphan;
    try (ProcessFamily family =
        start("sh -c 'echo $$ > pid.tmp; mv pid.tmp pid; exec sleep 60' & exec sleep 60")) {
      orphan = orphan(family);
    }
    assertThat(orphan.exists()).isFalse();
  }

  @Test
  void zombie_that_nobody_reaps_is_seen() throws Exception {
    try (ProcessFamily family = start("sh -c 'exit 0' & exec sleep 60")) {
      Await.until("a zombie", LIMIT, () -> !family.zombies().isEmpty());
      assertThat(family.zombies()).allMatch(zombie -> zombie.parent() == family.first().pid());
    }
  }

  private ProcessFamily start(String script) throws IOException {
    new ProcessBuilder("mkfifo", directory.resolve("go").toString()).start().onExit().join();
    return ProcessFamily.start(
        new ProcessBuilder("sh", "-c", script).directory(directory.toFile()));
  }

  private ProcessId orphan(ProcessFamily family) throws IOException {
    Path file = directory.resolve("pid");
    Await.until("the orphan's pid", LIMIT, () -> Files.exists(file));
    return family.member(Long.parseLong(Files.readString(file).strip())).orElseThrow();
  }
}
