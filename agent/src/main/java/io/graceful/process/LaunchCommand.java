package io.graceful.process;

import io.graceful.os.ProcFs;
import io.graceful.os.WorkingDirectory;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * How this process was started, so that it can be started again. Taken before the application runs,
 * from the kernel: the JVM's own views of the arguments have files and variables expanded already,
 * or drop long ones.
 */
public final class LaunchCommand {

  private static final byte[] PWD = "PWD=".getBytes(StandardCharsets.US_ASCII);

  private final boolean own;
  private final List<byte[]> arguments;
  private final List<byte[]> environment;
  private final WorkingDirectory directory;
  private final int umask;
  private final long ignoredSignals;
  private final long blockedSignals;

  private LaunchCommand(
      boolean own,
      List<byte[]> arguments,
      List<byte[]> environment,
      WorkingDirectory directory,
      int umask,
      long ignored,
      long blocked) {
    this.own = own;
    this.arguments = Collections.unmodifiableList(arguments);
    this.environment = Collections.unmodifiableList(environment);
    this.directory = directory;
    this.umask = umask;
    this.ignoredSignals = ignored;
    this.blockedSignals = blocked;
  }

  /**
   * @throws IOException if /proc can't be read; the message says so
   */
  public static LaunchCommand ofThisProcess() throws IOException {
    try {
      List<byte[]> environment = ProcFs.zeroTerminated("/proc/self/environ");
      return new LaunchCommand(
          true,
          ProcFs.zeroTerminated("/proc/self/cmdline"),
          environment,
          WorkingDirectory.atStart(variable(environment, "PWD")),
          currentUmask(),
          ProcFs.signals("SigIgn"),
          ProcFs.signals("SigBlk"));
    } catch (IOException unreadable) {
      throw new IOException(
          "can't read how this process was started: "
              + unreadable
              + " (is /proc mounted? A java program with file capabilities hides it: give it ports"
              + " below 1024 by net.ipv4.ip_unprivileged_port_start instead)",
          unreadable);
    }
  }

  /** With fewer variables: those whose names are wanted. */
  LaunchCommand withVariables(Predicate<String> wanted) {
    List<byte[]> kept = new ArrayList<>();
    for (byte[] entry : environment) {
      if (wanted.test(name(entry))) {
        kept.add(entry);
      }
    }
    return new LaunchCommand(
        own, arguments, kept, directory, umask, ignoredSignals, blockedSignals);
  }

  private static String name(byte[] entry) {
    String text = new String(entry, StandardCharsets.ISO_8859_1);
    int equals = text.indexOf('=');
    return equals < 0 ? text : text.substring(0, equals);
  }

  /** Another command line, with all else as it was, but for PWD, which tells its directory. */
  LaunchCommand replacedBy(OtherCommand other) {
    List<byte[]> words = new ArrayList<>();
    for (String argument : other.arguments()) {
      words.add(argument.getBytes(StandardCharsets.UTF_8));
    }
    List<byte[]> variables = new ArrayList<>();
    for (byte[] entry : environment) {
      if (!startsWith(entry, PWD)) {
        variables.add(entry);
      }
    }
    variables.add(("PWD=" + other.directory()).getBytes(StandardCharsets.UTF_8));
    return new LaunchCommand(
        false, words, variables, directory, umask, ignoredSignals, blockedSignals);
  }

  /**
   * The same with an agent, for an application that was started without it.
   *
   * @param options of the agent; null or empty for none
   * @throws IOException if it is no command of a {@code java} program
   */
  public LaunchCommand withAgent(File jar, String options) throws IOException {
    String program = Files.readSymbolicLink(Paths.get("/proc/self/exe")).getFileName().toString();
    if (!program.equals("java")) {
      throw new IOException(
          "this process runs "
              + program
              + ", not java, whose command line would take -javaagent: start it with the agent");
    }
    String values = options == null || options.isEmpty() ? "" : "=" + options;
    List<byte[]> words = new ArrayList<>(arguments);
    words.add(1, ("-javaagent:" + jar + values).getBytes(StandardCharsets.UTF_8));
    return new LaunchCommand(
        own, words, environment, directory, umask, ignoredSignals, blockedSignals);
  }

  /** Whether this number stands somewhere in it, or in the environment. */
  public boolean names(int port) {
    Pattern number = Pattern.compile("(?<![0-9])" + port + "(?![0-9])");
    for (List<byte[]> strings : Arrays.asList(arguments, environment)) {
      for (byte[] string : strings) {
        if (number.matcher(new String(string, StandardCharsets.ISO_8859_1)).find()) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether it lets a debugger connect to this port. */
  public boolean offersToDebugger(int port) {
    DebuggerPort debugger = new DebuggerPort();
    debugger.inArguments(arguments);
    debugger.inEnvironment(environment);
    return debugger.released().contains(String.valueOf(port));
  }

  /** Whether it is the one with which this process was started. */
  boolean isOwn() {
    return own;
  }

  /** -1 on kernels before 4.7, which don't tell. */
  static int currentUmask() {
    String umask = ProcFs.status("Umask");
    return umask == null ? -1 : Integer.parseInt(umask, 8);
  }

  public List<byte[]> arguments() {
    return arguments;
  }

  public List<byte[]> environment() {
    return environment;
  }

  public WorkingDirectory directory() {
    return directory;
  }

  /** As it was at the start; -1 if unknown. */
  public int umask() {
    return umask;
  }

  /** Bit 0 is signal 1. */
  public long ignoredSignals() {
    return ignoredSignals;
  }

  /** Of the process's first thread, which the JVM leaves as it was. Bit 0 is signal 1. */
  public long blockedSignals() {
    return blockedSignals;
  }

  /** argv[0] as it was given. */
  String program() {
    return new String(arguments.get(0), StandardCharsets.UTF_8);
  }

  /** The value in the environment at the start, or null. */
  public String variable(String name) {
    return variable(environment, name);
  }

  private static String variable(List<byte[]> environment, String name) {
    byte[] prefix = (name + "=").getBytes(StandardCharsets.UTF_8);
    for (byte[] entry : environment) {
      if (startsWith(entry, prefix)) {
        return new String(
            entry, prefix.length, entry.length - prefix.length, StandardCharsets.UTF_8);
      }
    }
    return null;
  }

  /** Of all variables in the environment at the start. */
  public List<String> variableNames() {
    List<String> names = new ArrayList<>();
    for (byte[] entry : environment) {
      names.add(name(entry));
    }
    return names;
  }

  /** Those of the environment at the start whose names begin like this. */
  public Map<String, String> variables(String prefix) {
    Map<String, String> found = new LinkedHashMap<>();
    for (byte[] entry : environment) {
      if (startsWith(entry, prefix.getBytes(StandardCharsets.UTF_8))) {
        String text = new String(entry, StandardCharsets.UTF_8);
        int equals = text.indexOf('=');
        if (equals > 0) {
          found.put(text.substring(0, equals), text.substring(equals + 1));
        }
      }
    }
    return found;
  }

  private static boolean startsWith(byte[] text, byte[] prefix) {
    if (text.length < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if (text[i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }
}
