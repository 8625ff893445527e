package io.graceful.os;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An old C library in a container that forbids unshare(2), as Docker's do. */
class ForbiddenUnshareTest {

  private static final int PR_SET_SECCOMP = 22;
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int SECCOMP_MODE_FILTER = 2;

  private final String here = Path.of("").toAbsolutePath().toString();

  @TempDir Path elsewhere;

  @Test
  void a_child_can_start_where_this_process_is() throws Exception {
    assertThat(spawnWithoutUnshare(here)).isEqualTo("exited with 0");
  }

  @Test
  void a_child_elsewhere_is_an_error_here() throws Exception {
    assertThat(spawnWithoutUnshare(elsewhere.toString()))
        .isEqualTo("unshare: EPERM (operation not permitted)");
  }

  private static String spawnWithoutUnshare(String directory) throws Exception {
    CompletableFuture<String> outcome = new CompletableFuture<>();
    // The filter stays with the thread, and goes to those that it starts.
    Thread contained =
        new Thread(
            () -> {
              try {
                forbidUnshare();
                outcome.complete(spawn(directory));
              } catch (Throwable failure) {
                outcome.completeExceptionally(failure);
              }
            });
    contained.start();
    return outcome.get(60, TimeUnit.SECONDS);
  }

  private static String spawn(String directory) throws Exception {
    SpawnRequest request =
        new SpawnRequest("/bin/true", List.of("true".getBytes()), List.of())
            .inherit(2)
            .directory(directory);
    try {
      int pid = request.spawn(LIBC, function -> !function.equals(SpawnRequest.ADD_CHDIR));
      Integer[] status = new Integer[1];
      Await.until("the end of the child", () -> (status[0] = LIBC.reap(pid)) != null);
      return "exited with " + (status[0] >> 8);
    } catch (ErrnoException failure) {
      return failure.getMessage();
    }
  }

  /** On this thread: seccomp(2), and linux/filter.h for the four instructions. */
  private static void forbidUnshare() throws ErrnoException {
    int unshare = LIBC.arch() == Arch.X86_64 ? 272 : 97;
    try (NativeMemory program = new NativeMemory(16);
        NativeMemory filter = new NativeMemory(4 * 8)) {
      filter.bytes.putShort((short) 0x20).putShort((short) 0).putInt(0); // load the number
      filter.bytes.putShort((short) 0x15).put((byte) 0).put((byte) 1).putInt(unshare); // equal?
      filter.bytes.putShort((short) 0x06).putShort((short) 0).putInt(0x00050001); // EPERM
      filter.bytes.putShort((short) 0x06).putShort((short) 0).putInt(0x7fff0000); // allow
      program.bytes.putShort(0, (short) 4).putLong(8, filter.address);
      LIBC.calls.check("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
      LIBC.calls.check("prctl", PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program.address);
    }
  }
}
