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
    for (int i = 1; i < own.size() && !isJar(own.get(i)); i++) {
      arguments.add(own.get(i)); // What was given to this JVM counts more than ours.
    }
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

  private static boolean isJar(byte[] argument) {
    return Arrays.equals(argument, "-jar".getBytes(StandardCharsets.US_ASCII));
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
