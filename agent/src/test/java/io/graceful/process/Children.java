package io.graceful.process;

import io.graceful.os.Libc;
import io.graceful.os.SpawnRequest;
import java.io.IOException;
import java.util.List;

/** Real processes that stand for a successor. */
public final class Children {

  private Children() {}

  /**
   * Runs a shell script.
   *
   * @param inherited its descriptor 3
   */
  public static ChildProcess shell(Libc libc, int inherited, String script) throws IOException {
    return of(
        libc,
        new SpawnRequest(
                "/bin/sh", Commands.bytes("sh", "-c", script), Commands.bytes("PATH=/usr/bin:/bin"))
            .inherit(inherited)
            .spawn(libc));
  }

  static ChildProcess of(Libc libc, int pid) {
    return new ChildProcess(libc, pid);
  }

  /** A child that does nothing until it is killed, or for a minute. */
  public static ChildProcess idle(Libc libc) throws IOException {
    return of(
        libc,
        new SpawnRequest("/bin/sleep", Commands.bytes("sleep", "60"), List.of())
            .inherit(2)
            .spawn(libc));
  }

  /** Waits until it has ended. */
  public static String end(SuccessorProcess child) throws Exception {
    io.graceful.os.Await.until("end of pid " + child.pid(), () -> child.end() != null);
    return child.end();
  }
}
