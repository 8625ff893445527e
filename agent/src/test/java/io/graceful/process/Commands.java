package io.graceful.process;

import io.graceful.os.WorkingDirectory;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Launch commands of processes that aren't this one. */
final class Commands {

  private Commands() {}

  static LaunchCommand of(List<byte[]> arguments, List<byte[]> environment)
      throws ReflectiveOperationException {
    return of(arguments, environment, LaunchCommand.currentUmask(), 0, 0);
  }

  static LaunchCommand of(
      List<byte[]> arguments, List<byte[]> environment, int umask, long ignored, long blocked)
      throws ReflectiveOperationException {
    Constructor<LaunchCommand> constructor =
        LaunchCommand.class.getDeclaredConstructor(
            boolean.class,
            List.class,
            List.class,
            WorkingDirectory.class,
            int.class,
            long.class,
            long.class);
    constructor.setAccessible(true);
    return constructor.newInstance(
        true, arguments, environment, WorkingDirectory.atStart(null), umask, ignored, blocked);
  }

  static List<byte[]> bytes(String... strings) {
    List<byte[]> bytes = new ArrayList<>();
    for (String string : strings) {
      bytes.add(string.getBytes(StandardCharsets.UTF_8));
    }
    return bytes;
  }
}
