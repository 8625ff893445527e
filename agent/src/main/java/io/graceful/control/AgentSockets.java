package io.graceful.control;

import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;

/** Finds the sockets on which agents listen; their names tell whose they are. */
public final class AgentSockets {

  private static final int ROOT = 0;
  private static final int ANY = 0;

  private final Libc libc;
  private final int user;

  public AgentSockets(Libc libc) {
    this.libc = libc;
    this.user = libc.effectiveUser();
  }

  /**
   * Those of this user's agents.
   *
   * @throws IOException if there are none, but may be some in a directory that is not to be trusted
   */
  public List<Path> all() throws IOException {
    return allIn(ControlDirectory.candidates(System.getenv("XDG_RUNTIME_DIR"), user));
  }

  List<Path> allIn(List<Path> directories) throws IOException {
    List<String> untrusted = new ArrayList<>();
    List<Path> sockets = in(directories, user, ANY, untrusted);
    if (sockets.isEmpty() && !untrusted.isEmpty()) {
      throw new IOException(
          "no agent was found, but not all places could be searched: "
              + String.join("; ", untrusted));
    }
    return sockets;
  }

  /**
   * As {@link #of}, of a process that must have one.
   *
   * @throws NoAgentException also if it has none
   */
  public Path require(int pid) throws IOException {
    int owner = ownerOf(pid);
    return requireIn(directories(pid, owner), owner, pid);
  }

  Path requireIn(List<Path> directories, int owner, int pid) throws IOException {
    List<String> untrusted = new ArrayList<>();
    List<Path> sockets = in(directories, owner, pid, untrusted);
    if (sockets.isEmpty()) {
      throw new NoAgentException(
          "pid "
              + pid
              + " has no control socket: is it a Java process with -javaagent:graceful.jar (if not: attach)"
              + " and without control=off, has it run for a second, and what has it said on stderr?"
              + (untrusted.isEmpty() ? "" : "; not searched: " + String.join("; ", untrusted)));
    }
    return sockets.get(0);
  }

  /**
   * That of one process.
   *
   * @return null if it has no agent that can be reached
   * @throws NoAgentException if there is no such process, or it is not this user's; the message
   *     says what to do
   */
  public Path of(int pid) throws IOException {
    int owner = ownerOf(pid);
    List<Path> sockets = in(directories(pid, owner), owner, pid, new ArrayList<>());
    return sockets.isEmpty() ? null : sockets.get(0);
  }

  /**
   * The user of that process.
   *
   * @throws NoAgentException if it is not to be asked from here
   */
  private int ownerOf(int pid) throws IOException {
    int owner = userOf(pid);
    if (owner != user && user != ROOT) {
      throw new NoAgentException(
          "pid " + pid + " belongs to user " + owner + ": run this as that user, or as root");
    }
    if (!ProcFs.isInOurPidNamespace(pid)) {
      throw new NoAgentException(
          "pid "
              + pid
              + " is in another pid namespace, where it has another pid: run this in its container");
    }
    return owner;
  }

  private static int userOf(int pid) throws IOException {
    try {
      Path directory = Paths.get("/proc", String.valueOf(pid));
      return (Integer) Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException none) {
      throw new NoAgentException("there is no process " + pid);
    }
  }

  /** Where that process has its socket: it need not have the same environment as this one. */
  private static List<Path> directories(int pid, int owner) {
    String prefix = "XDG_RUNTIME_DIR=";
    String runtimeDirectory = null;
    try {
      for (byte[] variable : ProcFs.zeroTerminated("/proc/" + pid + "/environ")) {
        String text = new String(variable, StandardCharsets.UTF_8);
        if (text.startsWith(prefix)) {
          runtimeDirectory = text.substring(prefix.length());
        }
      }
    } catch (IOException gone) {
      // Then it will not be found.
    }
    return ControlDirectory.candidates(runtimeDirectory, owner);
  }

  /**
   * @param untrusted gets a sentence on each directory that was left out: another user may have
   *     made the one in /tmp, which must not hide the agents that are elsewhere
   */
  private List<Path> in(List<Path> directories, int owner, int pid, List<String> untrusted)
      throws IOException {
    List<Path> sockets = new ArrayList<>();
    for (Path directory : directories) {
      if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      try {
        ControlDirectory.check(directory, owner);
      } catch (IOException refused) {
        untrusted.add(refused.getMessage());
        continue;
      }
      ControlServer.removeLeftOver(libc, directory);
      addFrom(directory, pid, sockets);
    }
    return sockets;
  }

  private void addFrom(Path directory, int pid, List<Path> sockets) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*.sock")) {
      for (Path entry : entries) {
        SocketName name = SocketName.of(entry);
        if (name != null && (pid == ANY || name.pid() == pid) && isListening(entry, name)) {
          sockets.add(entry);
        }
      }
    }
  }

  /** One of another container, whose pids are its own, is none of ours. */
  private boolean isListening(Path socket, SocketName name) throws IOException {
    try (ControlClient client = ControlClient.connect(libc, socket)) {
      return client.agentPid() == name.pid();
    } catch (ErrnoException gone) {
      return false;
    } catch (SilentAgentException unseen) {
      return ProcFs.isRunning(name.pid(), name.started());
    }
  }
}
