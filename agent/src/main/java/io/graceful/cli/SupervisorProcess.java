package io.graceful.cli;

import io.graceful.log.Log;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.os.ProcessImage;
import io.graceful.supervisor.PassedSockets;
import io.graceful.supervisor.Supervisor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The supervisor's JVM. It lives as long as its container, so it is started once more, with the
 * same pid, with little memory and without what only reads a command line.
 */
final class SupervisorProcess {

  /** The command of that JVM; not for people. */
  static final String NAME = "supervise";

  private static final List<String> SMALL =
      Arrays.asList(
          "-XX:+UseSerialGC", "-Xms2m", "-Xmx24m", "-Xss256k", "-Xint", "-XX:-UsePerfData");

  /** In one word, unlike the jar and the class path. */
  private static final Pattern SETTING =
      Pattern.compile("-[XD].*|-[^-].*:.*|--.*=.*", Pattern.DOTALL);

  private SupervisorProcess() {}

  /**
   * Does not return.
   *
   * @param restartSignal without SIG
   * @param command the program first
   */
  static void become(Supervisor.Hangup hangup, String restartSignal, List<byte[]> command)
      throws Exception {
    List<byte[]> own = ProcFs.zeroTerminated("/proc/self/cmdline");
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(own.get(0));
    add(arguments, SMALL);
    arguments.addAll(settings(own)); // What was given to this JVM counts more than ours.
    add(arguments, Arrays.asList("-jar", Subcommand.jar().getPath(), NAME));
    add(arguments, Arrays.asList(hangup.name(), restartSignal));
    arguments.addAll(command);
    ProcessImage.replace(
        Subcommand.libc(),
        "/proc/self/exe",
        arguments,
        ProcFs.zeroTerminated("/proc/self/environ"),
        PassedSockets.ofThisProcess().count(),
        ProcFs.signals("SigBlk"));
  }

  /**
   * The settings of a JVM with this command line. Those in an {@code @file} are not among them: it
   * may hold the jar and the command as well.
   */
  static List<byte[]> settings(List<byte[]> commandLine) {
    List<byte[]> settings = new ArrayList<>();
    for (byte[] word : commandLine.subList(1, commandLine.size())) {
      String text = new String(word, StandardCharsets.ISO_8859_1);
      if (!text.startsWith("-") || text.equals("-jar")) {
        break;
      }
      if (SETTING.matcher(text).matches()) {
        settings.add(word);
      }
    }
    return settings;
  }

  private static void add(List<byte[]> arguments, List<String> more) {
    for (String word : more) {
      arguments.add(TypedCommand.utf8(word));
    }
  }

  /**
   * In that JVM. Does not return, unless it fails.
   *
   * @param arguments as {@link #become} gives them
   * @return the exit code
   */
  static int run(String... arguments) {
    List<String> command = Arrays.asList(arguments).subList(3, arguments.length);
    try {
      List<byte[]> words = TypedCommand.of(command).words();
      Libc libc = Subcommand.libc();
      int pid = ProcFs.pid();
      Supervisor.Hangup hangup = Supervisor.Hangup.valueOf(arguments[1]);
      new Supervisor(libc, new Log(pid, Log.Level.INFO), pid, hangup, arguments[2], words).run();
    } catch (Exception failure) {
      Subcommand.complain("can't start the server: " + failure.getMessage());
    }
    return Exit.FAILED;
  }
}
