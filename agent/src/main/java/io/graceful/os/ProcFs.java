package io.graceful.os;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;

/** What the kernel tells about our own process, and a few things of others: proc(5). */
public final class ProcFs {

  /** USER_HZ, which is the same on every Linux (proc(5), time(7)). */
  private static final int TICKS_PER_SECOND = 100;

  private static final int MOST_LOOKS = 100;

  private ProcFs() {}

  public static int pid() throws IOException {
    return Integer.parseInt(Files.readSymbolicLink(Paths.get("/proc/self")).toString());
  }

  /** Of this process; 0 if it is in another pid namespace. */
  public static int parent() throws IOException {
    return Integer.parseInt(stat("self")[4 - 3]);
  }

  /** Whether the one process was started by the other, or by one that this has started. */
  public static boolean isDescendant(int pid, int ancestor) {
    try {
      int parent = pid;
      do {
        parent = Integer.parseInt(stat(String.valueOf(parent))[4 - 3]);
      } while (parent != ancestor && parent != 0);
      return parent == ancestor;
    } catch (IOException ended) {
      return false;
    }
  }

  /** When this process was started, in clock ticks after boot: starttime of proc(5). */
  public static long startTime() throws IOException {
    return startTime(stat("self"));
  }

  /** Those that this process is the parent of, also by adoption; some may have ended since. */
  public static List<Integer> children() throws IOException {
    String self = String.valueOf(pid());
    List<Integer> children = new ArrayList<>();
    for (int pid : numbers("/proc")) {
      try {
        if (stat(String.valueOf(pid))[4 - 3].equals(self)) {
          children.add(pid);
        }
      } catch (IOException ended) {
        // None of ours: those stay until they are reaped.
      }
    }
    return children;
  }

  /** When this process was started, in ms after 1970 (UTC): as exact as a clock tick is. */
  public static long startedAt() throws IOException {
    return startedAt(startTime());
  }

  /**
   * The same of any process; wrong if the clock was set meanwhile.
   *
   * @param started see {@link #startTime()}
   */
  public static long startedAt(long started) throws IOException {
    String uptime = new String(read("/proc/uptime"), StandardCharsets.US_ASCII);
    double seconds = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
    long age = (long) (seconds * 1000) - started * (1000 / TICKS_PER_SECOND);
    return System.currentTimeMillis() - age;
  }

  /**
   * Whether that process has not ended: a zombie has, and another one that has its pid by now is
   * not it.
   *
   * @param started see {@link #startTime()}
   */
  public static boolean isRunning(int pid, long started) {
    try {
      String[] stat = stat(String.valueOf(pid));
      return startTime(stat) == started && !stat[0].matches("[ZX]");
    } catch (IOException gone) {
      return false;
    }
  }

  /**
   * When that process was started, as {@link #startTime()}; -1 if there is none: also if it is a
   * zombie, or if the number is that of a thread, which /proc knows too but does not list.
   */
  public static long startTimeOf(int pid) {
    String process = String.valueOf(pid);
    try {
      String[] stat = stat(process);
      boolean runs = !stat[0].matches("[ZX]");
      return runs && process.equals(field("/proc/" + process + "/status", "Tgid"))
          ? startTime(stat)
          : -1;
    } catch (IOException none) {
      return -1;
    }
  }

  /** True also if that can't be told. */
  public static boolean isInOurPidNamespace(int pid) {
    try {
      return Files.readSymbolicLink(Paths.get("/proc/" + pid + "/ns/pid"))
          .equals(Files.readSymbolicLink(Paths.get("/proc/self/ns/pid")));
    } catch (IOException unreadable) {
      return true;
    }
  }

  /** The fields from the third on: the second, the command's name, may contain anything. */
  private static String[] stat(String process) throws IOException {
    String stat = new String(read("/proc/" + process + "/stat"), StandardCharsets.ISO_8859_1);
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
  }

  private static long startTime(String... stat) {
    return Long.parseLong(stat[22 - 3]);
  }

  /** Open descriptors; one of them was the directory itself and is closed again. */
  public static List<Integer> openDescriptors() throws IOException {
    return numbers("/proc/self/fd");
  }

  /**
   * What the descriptor refers to: a path, {@code socket:[4711]}, {@code anon_inode:[eventpoll]};
   * null if closed.
   */
  public static String target(int fd) {
    try {
      return Files.readSymbolicLink(Paths.get("/proc/self/fd/" + fd)).toString();
    } catch (IOException closed) {
      return null;
    }
  }

  /**
   * The inode of a socket, or -1 if it is closed or no socket. Tells one socket from another at the
   * same number.
   */
  public static long socketInode(int fd) {
    String target = target(fd);
    return target == null || !target.startsWith("socket:[")
        ? -1
        : Long.parseLong(target.substring("socket:[".length(), target.length() - 1));
  }

  /**
   * The path, or @ and the abstract name, of a UNIX socket (proc_net(5)); empty if it has none or
   * is none.
   */
  public static String unixSocketName(int fd) {
    long inode = socketInode(fd);
    if (inode < 0) {
      return "";
    }
    for (String line : linesOf("/proc/net/unix")) {
      // Num RefCount Protocol Flags Type St Inode Path
      String[] words = line.trim().split(" +", 8);
      if (words.length == 8 && words[6].equals(String.valueOf(inode))) {
        return words[7];
      }
    }
    return "";
  }

  /**
   * {@code /proc/self/fdinfo/N}, line by line; empty if the descriptor is closed.
   *
   * @throws IOException if it is open but can't be looked at
   */
  public static List<String> descriptorInfo(int fd) throws IOException {
    for (int look = 1; ; look++) {
      try {
        return lines("/proc/self/fdinfo/" + fd);
      } catch (IOException unreadable) {
        // Where the app opens and closes all the time, the number may be another's by now.
        if (target(fd) == null) {
          return new ArrayList<>();
        }
        if (look == MOST_LOOKS) {
          throw unreadable;
        }
      }
    }
  }

  /**
   * The soft limit of open files ({@code /proc/self/limits}), or a huge number if there is none.
   */
  public static long openFilesLimit() {
    for (String line : linesOf("/proc/self/limits")) {
      if (line.startsWith("Max open files")) {
        String soft = line.substring("Max open files".length()).trim().split(" +")[0];
        return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
      }
    }
    return Long.MAX_VALUE;
  }

  public static List<Integer> threads() throws IOException {
    return numbers("/proc/self/task");
  }

  /**
   * {@code /proc/self/task/TID/syscall}: number, six arguments, stack and instruction pointer; one
   * word for a thread that is running, or would be if it had a CPU; null for one that is blocked
   * outside of a system call, or gone.
   */
  public static String[] call(int tid) throws IOException {
    byte[] text;
    try {
      text = read("/proc/self/task/" + tid + "/syscall");
    } catch (IOException unreadable) {
      if (!new File("/proc/self/task/" + tid).exists()) {
        return null;
      }
      throw unreadable;
    }
    String line = new String(text, StandardCharsets.US_ASCII).trim();
    return line.isEmpty() || line.startsWith("-") ? null : line.split(" ");
  }

  /**
   * An int of our own memory; unlike a plain read it fails, and doesn't crash, when the page is
   * gone meanwhile.
   */
  public static int readInt(long address) throws IOException {
    try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
      byte[] word = new byte[4];
      memory.seek(address);
      memory.readFully(word);
      return ByteBuffer.wrap(word).order(ByteOrder.nativeOrder()).getInt();
    }
  }

  /** A field of {@code /proc/self/status}, e.g. {@code SigCgt}; null if this kernel has none. */
  public static String status(String field) {
    return field("/proc/self/status", field);
  }

  private static String field(String file, String field) {
    for (String line : linesOf(file)) {
      if (line.startsWith(field + ":")) {
        return line.substring(field.length() + 1).trim();
      }
    }
    return null;
  }

  /**
   * The first and the last port that the kernel chooses by itself (ip_local_port_range of ip(7)).
   */
  public static int[] ephemeralPorts() throws IOException {
    String[] range =
        new String(read("/proc/sys/net/ipv4/ip_local_port_range"), StandardCharsets.US_ASCII)
            .trim()
            .split("\\s+");
    return new int[] {Integer.parseInt(range[0]), Integer.parseInt(range[1])};
  }

  /** Whether another process has a handler for this signal, which would kill it without. */
  public static boolean catches(int pid, int signal) {
    return (signalSet(field("/proc/" + pid + "/status", "SigCgt")) & 1L << (signal - 1)) != 0;
  }

  /** A signal set of {@code /proc/self/status}: bit 0 is signal 1. 0 if unknown. */
  public static long signals(String field) {
    return signalSet(status(field));
  }

  /**
   * As {@link #signals(String)}, of one thread: {@code SigPnd}, {@code SigBlk}. 0 if it is gone.
   *
   * @throws IOException if it is there but can't be looked at
   */
  public static long signals(int tid, String field) throws IOException {
    String task = "/proc/self/task/" + tid;
    try {
      for (String line : lines(task + "/status")) {
        if (line.startsWith(field + ":")) {
          return signalSet(line.substring(field.length() + 1).trim());
        }
      }
      return 0;
    } catch (IOException unreadable) {
      if (!new File(task).exists()) {
        return 0;
      }
      throw unreadable;
    }
  }

  private static long signalSet(String hex) {
    return hex == null ? 0 : Long.parseUnsignedLong(hex, 16);
  }

  /**
   * Strings that the kernel keeps with a zero byte behind each, as bytes: they need not be text.
   */
  public static List<byte[]> zeroTerminated(String file) throws IOException {
    byte[] all = read(file);
    List<byte[]> strings = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < all.length; i++) {
      if (all[i] == 0) {
        strings.add(java.util.Arrays.copyOfRange(all, start, i));
        start = i + 1;
      }
    }
    if (start < all.length) {
      strings.add(java.util.Arrays.copyOfRange(all, start, all.length));
    }
    return strings;
  }

  private static List<Integer> numbers(String directory) throws IOException {
    String[] names = new File(directory).list();
    if (names == null) {
      throw unlistable(directory);
    }
    List<Integer> numbers = new ArrayList<>(names.length);
    for (String name : names) {
      if (Character.isDigit(name.charAt(0))) { // Among processes there are other files.
        numbers.add(Integer.parseInt(name));
      }
    }
    return numbers;
  }

  /** File.list does not tell; NIO does, but is too dear for the way of every start. */
  private static IOException unlistable(String directory) {
    try {
      Files.newDirectoryStream(Paths.get(directory)).close();
      return new IOException("could not read " + directory + " a moment ago, but now");
    } catch (NoSuchFileException missing) {
      return new IOException("can't read " + directory + ": is /proc mounted?");
    } catch (FileSystemException unreadable) {
      return new IOException("can't read " + directory + ": " + unreadable.getReason());
    } catch (IOException unreadable) {
      return unreadable;
    }
  }

  private static List<String> linesOf(String file) {
    try {
      return lines(file);
    } catch (IOException gone) {
      return new ArrayList<>();
    }
  }

  private static List<String> lines(String file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : new String(read(file), StandardCharsets.ISO_8859_1).split("\n")) {
      lines.add(line);
    }
    return lines;
  }

  /** These files have no size, so they are read until their end. */
  private static byte[] read(String file) throws IOException {
    try (InputStream in = new FileInputStream(file)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
      byte[] buffer = new byte[4096];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
      }
      return out.toByteArray();
    }
  }
}
