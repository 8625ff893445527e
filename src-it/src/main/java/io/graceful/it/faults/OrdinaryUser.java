package io.graceful.it.faults;

import io.graceful.it.jvm.Check;
import io.graceful.it.jvm.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Whoever runs this, or nobody in root's place. */
final class OrdinaryUser {
  private static final int NOBODY = 65534;
  private static final List<String> BECOME =
      List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");

  private final boolean root;

  OrdinaryUser() throws IOException {
    root = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
  }

  /** A shell command that becomes the server. */
  String shellCommand() {
    return root ? "exec " + String.join(" ", BECOME) + " \"$@\"" : ":";
  }

  /** Makes the directory, if need be. */
  void own(Path directory) throws IOException {
    Files.createDirectories(directory);
    if (root) {
      Files.setAttribute(directory, "unix:uid", NOBODY);
    }
  }

  /**
   * @param soft limit of all processes and threads of this user
   */
  void limitProcesses(ProcessId process, String soft) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(root ? BECOME : List.of());
    command.addAll(List.of("prlimit", "--nproc=" + soft + ":", "--pid", "" + process.pid()));
    Check.same(
        "exit status of " + command, new ProcessBuilder(command).inheritIO().start().waitFor(), 0);
  }
}
