package io.graceful.process;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.log.Log;
import io.graceful.os.FdMessages;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ResourceLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import sun.misc.Signal;
import sun.misc.SignalHandler;

@ExtendWith(LeavesNoDescriptor.class)
class LauncherTest {

  private static final long USR2 = 1L << 11;
  private static final long HUP = 1L;
  private static final long URG = 1L << 22;

  @TempDir Path directory;

  private int[] pair;

  @BeforeEach
  void makeLifeline() throws Exception {
    pair = LIBC.packetPair();
  }

  @AfterEach
  void closeLifeline() {
    LIBC.close(pair[0]);
    LIBC.close(pair[1]);
  }

  @Test
  void arguments_and_environment_arrive_byte_by_byte() throws Exception {
    byte[] noText = {'x', (byte) 0xFF, (byte) 0xC3, '(', '\n', ' ', '"'};
    List<byte[]> arguments =
        List.of(
            "sh".getBytes(StandardCharsets.US_ASCII),
            "-c".getBytes(StandardCharsets.US_ASCII),
            "cp /proc/$$/cmdline /proc/$$/environ .; :".getBytes(StandardCharsets.US_ASCII),
            noText,
            new byte[0],
            "last".getBytes(StandardCharsets.US_ASCII));
    List<byte[]> environment =
        List.of(
            "PATH=/usr/bin:/bin".getBytes(StandardCharsets.US_ASCII),
            ("A=" + "a".repeat(100_000)).getBytes(StandardCharsets.US_ASCII),
            noText);

    run(Commands.of(arguments, environment));

    assertThat(Files.readAllBytes(directory.resolve("cmdline"))).isEqualTo(zeroed(arguments));
    assertThat(Files.readAllBytes(directory.resolve("environ"))).isEqualTo(zeroed(environment));
  }

  @Test
  void inherits_the_lifeline_as_descriptor_3_and_nothing_above() throws Exception {
    try (ServerSocket notCloseOnExec = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(notCloseOnExec.isBound()).isTrue();

      run(shell("exec > descriptors; ls /proc/$$/fd; echo hello >&3"));
    }

    assertThat(Files.readAllLines(directory.resolve("descriptors")))
        .containsExactly("0", "1", "2", "3");
    assertThat(new FdMessages(LIBC).receive(pair[0]).bytes)
        .isEqualTo("hello\n".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void usr2_waits_until_the_jvm_has_its_handler() throws Exception {
    run(status());

    assertThat(signals("SigBlk")).isEqualTo(USR2);
  }

  @Test
  void signals_that_were_blocked_at_the_start_are_blocked() throws Exception {
    run(status(LaunchCommand.currentUmask(), 0, HUP));

    assertThat(signals("SigBlk")).isEqualTo(USR2 | HUP);
  }

  @Test
  void a_hook_does_not_inherit_that_usr2_waits() throws Exception {
    Path program = directory.resolve("hook");
    // A shell that forks would unblock all signals.
    Files.writeString(
        program, "#!/bin/sh\nexec cp /proc/self/status " + directory.resolve("status") + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    LaunchCommand later = status(LaunchCommand.currentUmask(), 0, USR2 | HUP);

    Log log = new Log(0, Log.Level.ERROR);
    ProcessStarter starter =
        new Launcher(LIBC, later, ResourceLimits.current(LIBC), "", false, log);
    assertThat(Children.end(starter.startHook(program.toString(), "ready", Map.of())))
        .isEqualTo("exited with 0");

    assertThat(signals("SigBlk")).isEqualTo(HUP);
  }

  @Test
  void a_signal_that_only_the_app_ignores_is_not_ignored() throws Exception {
    SignalHandler before = Signal.handle(new Signal("URG"), SignalHandler.SIG_IGN);
    try {
      run(status());
      assertThat(signals("SigIgn") & URG).isZero();
    } finally {
      Signal.handle(new Signal("URG"), before);
    }
  }

  @Test
  void a_signal_that_was_ignored_at_the_start_is_ignored() throws Exception {
    SignalHandler before = Signal.handle(new Signal("URG"), SignalHandler.SIG_IGN);
    try {
      run(status(LaunchCommand.currentUmask(), URG, 0));
      assertThat(signals("SigIgn") & URG).isEqualTo(URG);
    } finally {
      Signal.handle(new Signal("URG"), before);
    }
  }

  @Test
  void the_umask_is_that_of_the_start_and_ours_stays() throws Exception {
    int ours = LaunchCommand.currentUmask();

    run(status(0135, 0, 0));

    assertThat(status("Umask")).isEqualTo("0135");
    assertThat(LaunchCommand.currentUmask()).isEqualTo(ours).isNotEqualTo(0135);
  }

  @Test
  void without_an_option_it_starts_where_this_process_is() throws Exception {
    Path file = directory.resolve("pwd");

    run(shell("pwd -P > " + file), "");

    assertThat(file).hasContent(Path.of("").toRealPath().toString());
  }

  @Test
  void the_option_says_where_it_starts() throws Exception {
    run(shell("pwd -P > pwd"));

    assertThat(directory.resolve("pwd")).hasContent(directory.toRealPath().toString());
  }

  @Test
  void a_program_of_another_machine_is_an_error_here() throws Exception {
    Path program = Files.write(directory.resolve("java"), new byte[] {0x7F, 'E', 'L', 'F', 0});
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    LaunchCommand command = Commands.of(Commands.bytes(program.toString()), List.of());

    assertThatThrownBy(() -> start(command, ""))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "can't execute "
                + program
                + ": posix_spawn: ENOEXEC (not an executable for this machine)");
  }

  @Test
  void arguments_that_are_too_long_are_an_error_here() throws Exception {
    LaunchCommand command = Commands.of(Commands.bytes("/bin/sh", "a".repeat(200_000)), List.of());

    assertThatThrownBy(() -> start(command, ""))
        .isInstanceOf(IOException.class)
        .hasMessage("can't execute /bin/sh: posix_spawn: E2BIG (argument list too long)");
  }

  @Test
  void another_command_has_the_environment_of_the_first_and_a_directory_of_its_own()
      throws Exception {
    LaunchCommand command =
        Commands.of(Commands.bytes("java"), Commands.bytes("PWD=/", "A=b", "PATH=/usr/bin:/bin"));
    OtherCommand other =
        new OtherCommand(
            List.of("sh", "-c", "cp /proc/$$/environ .; pwd > pwd; :"), directory.toString());

    assertThat(Children.end(start(command, other, "/proc"))).isEqualTo("exited with 0");

    assertThat(directory.resolve("environ"))
        .hasContent("A=b\0PATH=/usr/bin:/bin\0PWD=" + directory + "\0");
    assertThat(directory.resolve("pwd")).hasContent(directory + "\n");
  }

  @Test
  void another_command_that_is_not_there_is_an_error_and_nothing_else_is_tried() throws Exception {
    LaunchCommand command = Commands.of(Commands.bytes("sh"), Commands.bytes("PATH=/usr/bin:/bin"));

    assertThatThrownBy(
            () -> start(command, new OtherCommand(List.of("nosuchjava"), directory.toString()), ""))
        .isInstanceOf(IOException.class)
        .hasMessage("there is no nosuchjava in the PATH of this process");
  }

  private static LaunchCommand shell(String script) throws Exception {
    return Commands.of(
        Commands.bytes("/bin/sh", "-c", script + "; :"), Commands.bytes("PATH=/usr/bin:/bin"));
  }

  private static LaunchCommand status() throws Exception {
    return status(LaunchCommand.currentUmask(), 0, 0);
  }

  /** A shell would change its signals; cp doesn't. */
  private static LaunchCommand status(int umask, long ignored, long blocked) throws Exception {
    return Commands.of(
        Commands.bytes("/bin/cp", "/proc/self/status", "status"),
        List.of(),
        umask,
        ignored,
        blocked);
  }

  private void run(LaunchCommand command) throws Exception {
    run(command, directory.toString());
  }

  private void run(LaunchCommand command, String cwd) throws Exception {
    assertThat(Children.end(start(command, cwd))).isEqualTo("exited with 0");
  }

  private SuccessorProcess start(LaunchCommand command, String cwd) throws IOException {
    return start(command, null, cwd);
  }

  private SuccessorProcess start(LaunchCommand command, OtherCommand other, String cwd)
      throws IOException {
    Log log = new Log(0, Log.Level.ERROR);
    return new Launcher(LIBC, command, ResourceLimits.current(LIBC), cwd, false, log)
        .start(pair[1], other);
  }

  private long signals(String field) throws IOException {
    return Long.parseUnsignedLong(status(field), 16);
  }

  private String status(String field) throws IOException {
    for (String line : Files.readAllLines(directory.resolve("status"))) {
      if (line.startsWith(field + ":")) {
        return line.substring(field.length() + 1).trim();
      }
    }
    throw new AssertionError("no " + field);
  }

  private static byte[] zeroed(List<byte[]> strings) {
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
    for (byte[] string : strings) {
      all.writeBytes(string);
      all.write(0);
    }
    return all.toByteArray();
  }
}
