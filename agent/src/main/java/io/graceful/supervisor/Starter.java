package io.graceful.supervisor;

import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.os.ResourceLimits;
import io.graceful.os.SearchPath;
import io.graceful.os.SpawnRequest;
import io.graceful.os.WorkingDirectory;
import io.graceful.systemd.ManagerVariables;
import io.graceful.systemd.PassedDescriptors;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Starts a server as this process was started, with what systemd would give it. */
final class Starter {

  private final Libc libc;
  private final ResourceLimits limits;
  private final List<byte[]> arguments = new ArrayList<>();
  private final List<byte[]> environment = new ArrayList<>();
  private final WorkingDirectory directory;
  private final String program;
  private final String notifySocket;

  /**
   * @param command the program first
   * @param notifySocket NOTIFY_SOCKET
   */
  Starter(Libc libc, List<byte[]> command, String notifySocket) throws IOException {
    this.libc = libc;
    this.limits = ResourceLimits.current(libc);
    this.notifySocket = notifySocket;
    this.directory = WorkingDirectory.atStart(System.getenv("PWD"));
    this.program = new String(command.get(0), StandardCharsets.UTF_8);
    arguments.addAll(command);
    for (byte[] entry : ProcFs.zeroTerminated("/proc/self/environ")) {
      String text = new String(entry, StandardCharsets.ISO_8859_1);
      // What this process got from its own manager is not for the server.
      if (ManagerVariables.isForChild(text.substring(0, Math.max(0, text.indexOf('='))))) {
        environment.add(entry);
      }
    }
  }

  /** A relative one is seen from that directory, as the new process sees it. */
  private String path(String from) throws IOException {
    if (program.contains("/")) {
      if (!SearchPath.inDirectory(from, program).canExecute()) {
        throw new IOException(program + " is not there or not executable");
      }
      return program;
    }
    File found = SearchPath.find(program, System.getenv("PATH"), from);
    if (found == null) {
      throw new IOException("there is no " + program + " in the PATH");
    }
    return found.getPath();
  }

  /**
   * @param sockets that it gets
   * @return its pid
   * @throws IOException if the program is not there, or the directory
   */
  int start(SocketStore sockets) throws IOException {
    List<byte[]> variables = new ArrayList<>(environment);
    add(variables, "NOTIFY_SOCKET", notifySocket);
    add(variables, "FDSTORE", String.valueOf(SocketStore.MOST));
    int[] descriptors = sockets.descriptors();
    if (descriptors.length > 0) {
      add(variables, "LISTEN_PID", PassedDescriptors.anyChildOf(ProcFs.pid()));
      add(variables, "LISTEN_FDS", String.valueOf(descriptors.length));
      add(variables, "LISTEN_FDNAMES", sockets.names());
    }
    String home = directory.now();
    SpawnRequest request =
        new SpawnRequest(path(home), arguments, variables)
            .inherit(descriptors)
            .block(ProcFs.signals("SigBlk"));
    if (home != null) {
      request.directory(home);
    }
    int pid = request.spawn(libc);
    limits.restoreIn(pid);
    return pid;
  }

  private static void add(List<byte[]> variables, String name, String value) {
    variables.add((name + "=" + value).getBytes(StandardCharsets.UTF_8));
  }
}
