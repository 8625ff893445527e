package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real children, with the C library of this machine and with what older ones lack left out. */
@ExtendWith(LeavesNoDescriptor.class)
class SpawnRequestTest {

  private static final Set<String> LACKING_IN_2_28 =
      Set.of(SpawnRequest.ADD_CHDIR, SpawnRequest.ADD_CLOSEFROM);
  private static final Set<String> LACKING_IN_2_33 = Set.of(SpawnRequest.ADD_CLOSEFROM);

  @TempDir Path directory;

  static Stream<Set<String>> lacking() {
    return Stream.of(Set.of(), LACKING_IN_2_33, LACKING_IN_2_28);
  }

  @ParameterizedTest
  @MethodSource("lacking")
  void the_child_starts_in_its_directory_and_no_thread_of_ours_moves(Set<String> lacking)
      throws Exception {
    Path report = directory.resolve("report");
    Path wanted = Files.createDirectories(directory.resolve("a directory"));
    CountDownLatch over = new CountDownLatch(1);
    Thread bystander = new Thread(() -> await(over), "bystander");
    bystander.start();
    Map<Integer, String> before = directories();

    assertThat(run(shell("pwd -P > " + report).directory(wanted.toString()), lacking)).isZero();

    assertThat(report).hasContent(wanted.toRealPath().toString());
    assertThat(directories()).containsAllEntriesOf(living(before));
    assertThat(Path.of("/proc/self/cwd").toRealPath()).isEqualTo(Path.of("").toRealPath());
    over.countDown();
    bystander.join();
  }

  @ParameterizedTest
  @MethodSource("lacking")
  void the_child_gets_one_descriptor_and_nothing_leaks(Set<String> lacking) throws Exception {
    Path report = directory.resolve("report");
    try (ServerSocket notCloseOnExec = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(notCloseOnExec.isBound()).isTrue();

      assertThat(run(shell("exec > " + report + "; ls /proc/$$/fd"), lacking)).isZero();
    }
    assertThat(Files.readAllLines(report)).containsExactly("0", "1", "2", "3");
  }

  @ParameterizedTest
  @MethodSource("lacking")
  void nothing_leaks_of_what_is_opened_meanwhile(Set<String> lacking) throws Exception {
    Path report = directory.resolve("report");
    AtomicBoolean over = new AtomicBoolean();
    Thread bystander = new Thread(() -> openAndClose(over), "bystander");
    bystander.start();
    try {
      for (int i = 0; i < 50; i++) {
        assertThat(run(shell("exec > " + report + "; ls /proc/$$/fd"), lacking)).isZero();
        assertThat(Files.readAllLines(report)).containsExactly("0", "1", "2", "3");
      }
    } finally {
      over.set(true);
      bystander.join();
    }
  }

  /** As an app does whose clients come and go: none of them is close-on-exec. */
  private static void openAndClose(AtomicBoolean over) {
    Deque<Integer> open = new ArrayDeque<>();
    while (!over.get()) {
      open.add((int) LIBC.calls.call("dup", 2));
      if (open.size() > 20) {
        LIBC.close(open.remove());
      }
    }
    open.forEach(LIBC::close);
  }

  @Test
  void a_directory_that_is_missing_is_an_error_here() throws Exception {
    SpawnRequest request = shell("true").directory(directory.resolve("missing").toString());

    assertThatThrownBy(() -> request.spawn(LIBC, without(LACKING_IN_2_28)))
        .isInstanceOf(ErrnoException.class)
        .hasMessage("chdir: ENOENT (no such file or directory)");

    assertThat(Path.of("/proc/self/cwd").toRealPath()).isEqualTo(Path.of("").toRealPath());
  }

  @Test
  void a_child_gets_several_descriptors_in_their_order_and_no_other() throws Exception {
    int one = LIBC.silentListener();
    int other = LIBC.silentListener();
    int high = LIBC.duplicate(other);
    try {
      String script =
          "test \"$(readlink /proc/$$/fd/3)\" = \"socket:["
              + ProcFs.socketInode(high)
              + "]\" && test \"$(readlink /proc/$$/fd/4)\" = \"socket:["
              + ProcFs.socketInode(one)
              + "]\" && test ! -e /proc/$$/fd/5";
      int highToo = LIBC.duplicate(one);

      assertThat(run(shell(script).inherit(high, highToo), Set.of())).isZero();

      LIBC.close(highToo);
    } finally {
      LIBC.close(one);
      LIBC.close(other);
      LIBC.close(high);
    }
  }

  @ParameterizedTest
  @MethodSource("lacking")
  void an_orphan_is_as_any_child_but_not_ours(Set<String> lacking) throws Exception {
    Path report = directory.resolve("report");
    Path wanted = Files.createDirectories(directory.resolve("a directory"));
    // The mask by builtins alone, before the shell changes it for another program.
    String script =
        "exec > "
            + report
            + "; while read name value; do test $name = SigBlk: && echo $value; done"
            + " < /proc/$$/status; echo $PPID; pwd -P; ls -x /proc/$$/fd; echo end";
    String blockedBefore = blockedSignals();

    SpawnRequest request = shell(script).directory(wanted.toString()).block(1L << 11).orphaned();
    int pid = request.spawn(LIBC, without(lacking));

    Await.until(
        "the report", () -> Files.exists(report) && Files.readString(report).contains("end"));
    List<String> lines = Files.readAllLines(report);
    assertThat(lines.get(0)).isEqualTo("0000000000000800");
    assertThat(lines.get(1)).isNotEqualTo(String.valueOf(ProcessHandle.current().pid()));
    assertThat(lines.get(2)).isEqualTo(wanted.toRealPath().toString());
    assertThat(lines.get(3).split(" +")).containsExactly("0", "1", "2", "3");
    assertThatThrownBy(() -> LIBC.reap(pid)).hasMessageContaining("ECHILD");
    assertThat(ProcFs.children()).as("the process in between").isEmpty();
    assertThat(blockedSignals()).isEqualTo(blockedBefore);
  }

  @Test
  void an_orphan_that_cant_be_started_is_an_error_here() {
    SpawnRequest request = new SpawnRequest("/missing", bytes("x"), bytes()).orphaned();

    assertThatThrownBy(() -> request.spawn(LIBC))
        .hasMessage("posix_spawn: ENOENT (no such file or directory)");
  }

  private static String blockedSignals() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/thread-self/status"))) {
      return lines.filter(line -> line.startsWith("SigBlk:")).findFirst().orElseThrow();
    }
  }

  private SpawnRequest shell(String script) {
    return new SpawnRequest(
            "/bin/sh", bytes("sh", "-c", script + "; exit $?"), bytes("PATH=/usr/bin:/bin"))
        .inherit(2);
  }

  /** Its wait status. */
  private static int run(SpawnRequest request, Set<String> lacking) throws Exception {
    int pid = request.spawn(LIBC, without(lacking));
    Integer[] status = new Integer[1];
    Await.until("the end of the child", () -> (status[0] = LIBC.reap(pid)) != null);
    return status[0];
  }

  private static Predicate<String> without(Set<String> lacking) {
    return function -> !lacking.contains(function) && LIBC.calls.has(function);
  }

  /** Of each thread. */
  private static Map<Integer, String> directories() throws IOException {
    Map<Integer, String> directories = new TreeMap<>();
    for (int tid : ProcFs.threads()) {
      try {
        Path link = Path.of("/proc/self/task/" + tid + "/cwd");
        directories.put(tid, Files.readSymbolicLink(link).toString());
      } catch (IOException endedMeanwhile) {
        // The JVM's own threads come and go.
      }
    }
    return directories;
  }

  private static Map<Integer, String> living(Map<Integer, String> threads) throws IOException {
    Map<Integer, String> living = new TreeMap<>(threads);
    living.keySet().retainAll(directories().keySet());
    return living;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException nobodyDoesThat) {
      throw new IllegalStateException(nobodyDoesThat);
    }
  }

  private static List<byte[]> bytes(String... strings) {
    List<byte[]> bytes = new ArrayList<>();
    for (String string : strings) {
      bytes.add(string.getBytes(StandardCharsets.UTF_8));
    }
    return bytes;
  }
}
