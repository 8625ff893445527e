package io.graceful.cli;

import io.graceful.control.ControlClient;
import io.graceful.control.ControlDirectory;
import io.graceful.control.ControlServer;
import io.graceful.control.Message;
import io.graceful.control.SocketName;
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
import java.util.stream.Collectors;

/** Finds the agents that an operator means. */
final class Agents {

  static final int NO_PID = 0;

  private static final int ROOT = 0;
  private static final int LONGEST_PIDFILE = 64;

  private final Libc libc;
  private final int user;

  Agents(Libc libc) {
    this.libc = libc;
    this.user = libc.effectiveUser();
  }

  /** Those of this user, by pid. */
  List<Agent> all() throws IOException {
    return in(ControlDirectory.candidates(System.getenv("XDG_RUNTIME_DIR"), user), user);
  }

  private List<Agent> in(List<Path> directories, int owner) throws IOException {
    List<Agent> agents = new ArrayList<>();
    for (Path directory : directories) {
      if (Files.exists(directory)) {
        ControlDirectory.check(directory, owner);
        ControlServer.removeLeftOver(libc, directory);
        addFrom(directory, agents);
      }
    }
    agents.sort((one, other) -> Integer.compare(one.pid(), other.pid()));
    return agents;
  }

  private void addFrom(Path directory, List<Agent> agents) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*.sock")) {
      for (Path entry : entries) {
        SocketName name = SocketName.of(entry);
        if (name != null && isListening(entry, name.pid())) {
          agents.add(new Agent(libc, name, entry));
        }
      }
    }
  }

  /** One of another container, whose pids are its own, is none of ours. */
  private boolean isListening(Path socket, int pid) throws IOException {
    try (ControlClient client = ControlClient.connect(libc, socket)) {
      return client.agentPid() == pid;
    } catch (ErrnoException gone) {
      return false;
    }
  }

  /**
   * @param who a pid, a file that holds one, or the name of a jar or main class that one agent has
   */
  Agent find(String who) throws IOException, NoAgentException {
    int pid = pid(who);
    if (pid == NO_PID) {
      return named(who);
    }
    Agent agent = withPid(pid);
    if (agent == null) {
      throw new NoAgentException(
          "pid "
              + pid
              + " has no control socket: is it a Java process with -javaagent:graceful.jar (if not: attach),"
              + " has it run for a second, and what has it said on stderr?");
    }
    return agent;
  }

  /**
   * @param who a pid, or a file that holds one
   * @return {@link #NO_PID} if it is neither
   */
  static int pid(String who) throws IOException {
    String pid = isPid(who) ? who : inFile(who);
    return pid == null ? NO_PID : Integer.parseInt(pid);
  }

  private static boolean isPid(String text) {
    return text.matches("[1-9][0-9]{0,8}");
  }

  private static String inFile(String path) throws IOException {
    Path file = Paths.get(path);
    if (!Files.isRegularFile(file) || Files.size(file) > LONGEST_PIDFILE) {
      return null;
    }
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).trim();
    return isPid(text) ? text : null;
  }

  /**
   * @return null if that process has no agent that can be reached
   * @throws NoAgentException if there is no such process, or it is not this user's
   */
  Agent withPid(int pid) throws IOException, NoAgentException {
    int owner = ownerOf(pid);
    if (owner != user && user != ROOT) {
      throw new NoAgentException(
          "pid " + pid + " belongs to user " + owner + ": run this as that user, or as root");
    }
    for (Agent agent : in(directories(pid, owner), owner)) {
      if (agent.pid() == pid) {
        return agent;
      }
    }
    return null;
  }

  private static int ownerOf(int pid) throws IOException, NoAgentException {
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

  private Agent named(String name) throws IOException, NoAgentException {
    List<Agent> named = new ArrayList<>();
    for (Agent agent : all()) {
      if (isNamed(agent.status(), name)) {
        named.add(agent);
      }
    }
    if (named.size() == 1) {
      return named.get(0);
    }
    throw new NoAgentException(
        named.isEmpty()
            ? "no agent of yours runs '" + name + "', and it is no pid and no file that holds one"
            : "several run '"
                + name
                + "', say which: pid "
                + named.stream().map(one -> "" + one.pid()).collect(Collectors.joining(", ")));
  }

  /** By the whole name, the file's, or the class's without its package. */
  private static boolean isNamed(Message status, String name) {
    String program = status.text("program");
    return program.equals(name) || program.endsWith("/" + name) || program.endsWith("." + name);
  }
}
