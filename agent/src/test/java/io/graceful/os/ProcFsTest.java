package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeavesNoDescriptor.class)
class ProcFsTest {

  private static final int NEVER_OPEN = 1_000_000;

  @TempDir Path directory;

  @Test
  void knows_its_own_pid() throws Exception {
    assertThat((long) ProcFs.pid()).isEqualTo(ProcessHandle.current().pid());
  }

  @Test
  void a_process_runs_until_it_has_ended_and_no_other_is_taken_for_it() throws Exception {
    assertThat(ProcFs.isRunning(ProcFs.pid(), ProcFs.startTime())).isTrue();
    assertThat(ProcFs.isRunning(ProcFs.pid(), ProcFs.startTime() - 1)).isFalse();
    assertThat(ProcFs.isRunning(999_999_999, 1)).isFalse();
  }

  @Test
  void knows_when_this_process_was_started() throws Exception {
    long roughly = ProcessHandle.current().info().startInstant().orElseThrow().toEpochMilli();

    assertThat(ProcFs.startedAt()).isCloseTo(roughly, within(2000L)); // That one counts seconds.
  }

  @Test
  void knows_what_a_process_catches() throws Exception {
    assertThat(ProcFs.catches(ProcFs.pid(), Libc.SIGQUIT)).isTrue();
    assertThat(ProcFs.catches(ProcFs.pid(), Libc.SIGKILL)).isFalse();
    assertThat(ProcFs.catches(999_999_999, Libc.SIGQUIT)).isFalse();
  }

  @Test
  void knows_when_a_process_was_started_but_of_a_thread_or_a_zombie_nothing() throws Exception {
    int pid = ProcFs.pid();
    assertThat(ProcFs.startTimeOf(pid)).isEqualTo(ProcFs.startTime());
    int thread = ProcFs.threads().stream().filter(tid -> tid != pid).findFirst().orElseThrow();
    assertThat(ProcFs.startTimeOf(thread)).isEqualTo(-1);
    assertThat(ProcFs.startTimeOf(999_999_999)).isEqualTo(-1);

    List<byte[]> arguments = List.of("true".getBytes(StandardCharsets.US_ASCII));
    int zombie = new SpawnRequest("/bin/true", arguments, List.of()).inherit(2).spawn(LIBC);
    Await.until("its end", () -> ProcFs.startTimeOf(zombie) == -1);
    Await.until("that it is reaped", () -> LIBC.reap(zombie) != null);
  }

  @Test
  void is_in_its_own_pid_namespace() throws Exception {
    assertThat(ProcFs.isInOurPidNamespace(ProcFs.pid())).isTrue();
    assertThat(ProcFs.isInOurPidNamespace(999_999_999)).as("unknown").isTrue();
  }

  @Test
  void lists_a_descriptor_as_long_as_it_is_open() throws Exception {
    int counter = LIBC.eventCounter();
    assertThat(ProcFs.openDescriptors()).contains(0, 1, 2, counter);
    assertThat(ProcFs.target(counter)).isEqualTo("anon_inode:[eventfd]");
    assertThat(ProcFs.descriptorInfo(counter)).anyMatch(line -> line.startsWith("flags:"));

    LIBC.close(counter);
    assertThat(ProcFs.openDescriptors()).doesNotContain(counter);
  }

  @Test
  void has_nothing_to_say_of_a_descriptor_that_is_closed() throws Exception {
    assertThat(ProcFs.target(NEVER_OPEN)).isNull();
    assertThat(ProcFs.socketInode(NEVER_OPEN)).isEqualTo(-1);
    assertThat(ProcFs.descriptorInfo(NEVER_OPEN)).isEmpty();
  }

  @Test
  void tells_one_socket_from_another_and_from_what_is_none() throws Exception {
    int[] pair = LIBC.packetPair();
    int copy = LIBC.duplicate(pair[0]);
    int counter = LIBC.eventCounter();
    try {
      assertThat(ProcFs.socketInode(pair[0])).isPositive().isEqualTo(ProcFs.socketInode(copy));
      assertThat(ProcFs.socketInode(pair[0])).isNotEqualTo(ProcFs.socketInode(pair[1]));
      assertThat(ProcFs.socketInode(counter)).isEqualTo(-1);
    } finally {
      LIBC.close(pair[0]);
      LIBC.close(pair[1]);
      LIBC.close(copy);
      LIBC.close(counter);
    }
  }

  @Test
  void reads_signal_sets_and_knows_nothing_of_unknown_fields() {
    assertThat(ProcFs.status("Name")).isNotEmpty();
    assertThat(ProcFs.signals("SigCgt")).isNotZero();
    assertThat(ProcFs.status("NoSuchField")).isNull();
    assertThat(ProcFs.signals("NoSuchField")).isZero();
    assertThat(ProcFs.status("Nam")).as("no field begins in the middle").isNull();
  }

  @Test
  void lists_its_threads() throws Exception {
    assertThat(ProcFs.threads()).contains(ProcFs.pid()).hasSizeGreaterThan(1);
  }

  @Test
  void a_thread_that_is_gone_is_in_no_call() throws Exception {
    assertThat(ProcFs.call(NEVER_OPEN * 100)).isNull();
  }

  @Test
  void reads_an_int_of_its_own_memory() throws Exception {
    try (NativeMemory word = new NativeMemory(8)) {
      word.bytes.putInt(0, 0x12345678).putInt(4, -2);

      assertThat(ProcFs.readInt(word.address)).isEqualTo(0x12345678);
      assertThat(ProcFs.readInt(word.address + 4)).isEqualTo(-2);
    }
  }

  @Test
  void memory_that_is_not_there_is_an_error_and_no_crash() {
    assertThatThrownBy(() -> ProcFs.readInt(64)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "'a|', 'a'",
    "'a|b|', 'a,b'",
    "'a||b|', 'a,,b'",
    "'a|b', 'a,b'",
    "'|', ''",
    "'caf\u00e9|', 'caf\u00e9'",
  })
  void splits_at_zero_bytes(String content, String expected) throws Exception {
    Path file = directory.resolve("strings");
    Files.write(file, content.replace('|', '\0').getBytes(StandardCharsets.ISO_8859_1));

    List<String> strings = new ArrayList<>();
    for (byte[] string : ProcFs.zeroTerminated(file.toString())) {
      strings.add(new String(string, StandardCharsets.ISO_8859_1));
    }

    assertThat(strings).isEqualTo(content.isEmpty() ? List.of() : List.of(expected.split(",", -1)));
  }

  @Test
  void what_can_not_be_looked_at_is_an_error() throws Exception {
    int counter = LIBC.eventCounter();
    assertThat(complaint(ProcFs::openDescriptors)).isEmpty();
    assertThat(complaint(() -> ProcFs.descriptorInfo(counter))).isEmpty();
    String list;
    String info;
    String closed;
    try (FewDescriptors none = new FewDescriptors(0)) {
      list = complaint(ProcFs::openDescriptors);
      info = complaint(() -> ProcFs.descriptorInfo(counter));
      closed = complaint(() -> ProcFs.descriptorInfo(NEVER_OPEN));
    }
    LIBC.close(counter);

    assertThat(list).isEqualTo("can't read /proc/self/fd: Too many open files");
    assertThat(info).isEqualTo("/proc/self/fdinfo/" + counter + " (Too many open files)");
    assertThat(closed).isEmpty();
  }

  private static String complaint(Callable<?> look) throws Exception {
    try {
      look.call();
      return "";
    } catch (IOException failure) {
      return failure.getMessage();
    }
  }

  @Test
  void knows_who_descends_from_whom() throws Exception {
    int self = ProcFs.pid();
    Process shell = new ProcessBuilder("sh", "-c", "sleep 60; true").start();
    try {
      Await.until("its child", () -> shell.children().findFirst().isPresent());
      ProcessHandle child = shell.children().findFirst().orElseThrow();
      int grandchild = Math.toIntExact(child.pid());
      assertThat(ProcFs.isDescendant(grandchild, self)).isTrue();
      assertThat(ProcFs.isDescendant(grandchild, Math.toIntExact(shell.pid()))).isTrue();
      assertThat(ProcFs.isDescendant(self, grandchild)).isFalse();
      assertThat(ProcFs.isDescendant(self, self)).isFalse();
      child.destroy();
    } finally {
      shell.destroyForcibly().waitFor();
    }
    assertThat(ProcFs.isDescendant(Math.toIntExact(shell.pid()), self)).as("ended").isFalse();
  }
}
