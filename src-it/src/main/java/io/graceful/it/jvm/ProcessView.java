package io.graceful.it.jvm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A process as the kernel shows it, normalised so that two generations of a server can be compared.
 */
public final class ProcessView {
  /** Among {@link #descriptors}: the agent's own listener. */
  public static final String CONTROL_SOCKET = "control socket";

  private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");
  private static final Pattern INODE = Pattern.compile(":\\[\\d+]$");
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private final long pid;
  private final Path proc;

  private ProcessView(long pid) {
    this.pid = pid;
    this.proc = ProcFs.of(pid);
  }

  public static ProcessView of(long pid) {
    return new ProcessView(pid);
  }

  /**
   * What its descriptors refer to, sorted: paths, and kinds of what has no path. The numbers of the
   * descriptors are left out, since threads open them in any order.
   */
  public List<String> descriptors() {
    SocketTable sockets = SocketTable.of(pid);
    List<String> kinds = new ArrayList<>();
    for (String target : descriptorTargets()) {
      var socket = SOCKET.matcher(target);
      kinds.add(
          socket.matches()
              ? sockets.get(socket.group(1)).kind()
              : INODE.matcher(target).replaceFirst(""));
    }
    kinds.sort(null);
    return kinds;
  }

  /**
   * The inode of each TCP listener by its port: two processes with the same inode share one accept
   * queue.
   */
  public Map<Integer, String> listeners() {
    SocketTable sockets = SocketTable.of(pid);
    Map<Integer, String> inodes = new TreeMap<>();
    for (String target : descriptorTargets()) {
      var inode = SOCKET.matcher(target);
      if (inode.matches()) {
        SocketTable.Socket socket = sockets.get(inode.group(1));
        if (socket.isListening() && socket.port() > 0) {
          inodes.put(socket.port(), inode.group(1));
        }
      }
    }
    return inodes;
  }

  /** As it was given at the start, in that order. */
  public List<String> environment() {
    return zeroTerminated("environ");
  }

  public List<String> arguments() {
    return zeroTerminated("cmdline");
  }

  /** A field of /proc/pid/status, such as Umask, SigBlk or SigIgn. */
  public String status(String field) {
    return ProcFs.read(proc.resolve("status"))
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .map(line -> line.substring(field.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  public List<String> limits() {
    return ProcFs.read(proc.resolve("limits")).lines().toList();
  }

  public String workingDirectory() {
    return ProcFs.link(proc.resolve("cwd")).orElse("");
  }

  /** How many threads of each name it has; numbers in names are left out. */
  public Map<String, Integer> threads() {
    Map<String, Integer> names = new TreeMap<>();
    for (Path task : ProcFs.list(proc.resolve("task"))) {
      String name = ProcFs.read(task.resolve("comm")).strip();
      if (!name.isEmpty()) {
        names.merge(NUMBER.matcher(name).replaceAll("N"), 1, Integer::sum);
      }
    }
    return names;
  }

  /** Whether a thread of this name is asleep in a system call. */
  public boolean isAsleep(String thread) {
    for (Path task : ProcFs.list(proc.resolve("task"))) {
      if (ProcFs.read(task.resolve("comm")).strip().equals(thread)) {
        String call = ProcFs.read(task.resolve("syscall"));
        // poll and ppoll, on x86-64 and on aarch64: a lock would be futex.
        return call.startsWith("7 ") || call.startsWith("271 ") || call.startsWith("73 ");
      }
    }
    return false;
  }

  /** That all its threads have used, exact to 10 ms: fields 14 and 15 of /proc/pid/stat. */
  public long processorMillis() {
    String stat = ProcFs.read(proc.resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return 10 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
  }

  public List<ProcessId> children() {
    return ProcFs.pids().stream()
        .flatMap(child -> ProcessId.of(child).stream())
        .filter(child -> child.parent() == pid)
        .toList();
  }

  /** Children that have ended and that nobody has reaped. */
  public List<ProcessId> zombies() {
    return children().stream().filter(ProcessId::isZombie).toList();
  }

  private List<String> descriptorTargets() {
    return ProcFs.list(proc.resolve("fd")).stream()
        .flatMap(fd -> ProcFs.link(fd).stream())
        .toList();
  }

  private List<String> zeroTerminated(String file) {
    String content = ProcFs.read(proc.resolve(file));
    List<String> strings = List.of(content.split("\0", -1));
    return strings.subList(0, strings.size() - 1); // Behind the last zero there is nothing.
  }
}
