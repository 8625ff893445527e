package io.graceful.it;

import io.graceful.it.app.Server;
import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Where an agent listens for its operator. */
final class ControlSocket {

  private ControlSocket() {}

  /**
   * Waits until it is there.
   *
   * @param runtimeDirectory the process's XDG_RUNTIME_DIR
   */
  static Path await(Path runtimeDirectory, ProcessId process) {
    String prefix = process.pid() + "-";
    return Await.value(
        "the control socket of " + process,
        Server.LIMIT,
        () -> {
          try (Stream<Path> entries = Files.list(runtimeDirectory.resolve("graceful"))) {
            return entries
                .filter(entry -> isSocket(entry.getFileName().toString(), prefix))
                .findFirst();
          } catch (IOException notYet) {
            return Optional.empty();
          }
        });
  }

  private static boolean isSocket(String name, String prefix) {
    return name.startsWith(prefix) && name.endsWith(".sock");
  }
}
