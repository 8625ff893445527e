package io.graceful.process;

import io.graceful.log.Log;
import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.os.ResourceLimits;
import io.graceful.os.SpawnRequest;
import io.graceful.systemd.ManagerVariables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Starts a process as this one was started: its command line once more, or another one. */
public final class Launcher implements ProcessStarter {

  private static final long USR2 = 1L << (Libc.SIGUSR2 - 1);

  private final Libc libc;
  private final LaunchCommand own;
  private final ResourceLimits limits;
  private final String directoryOption;
  private final boolean byServiceManager;
  private final Log log;

  /**
   * @param directoryOption the option cwd; empty for none
   * @param byServiceManager whether new processes shall be children of the service manager from
   *     their beginning. For a main process that is not its child, systemd does not wait when the
   *     service is stopped: it kills it at once (unit_kill_context, unit.c)
   */
  public Launcher(
      Libc libc,
      LaunchCommand own,
      ResourceLimits limits,
      String directoryOption,
      boolean byServiceManager,
      Log log) {
    this.libc = libc;
    this.own = own;
    this.limits = limits;
    this.directoryOption = directoryOption;
    this.byServiceManager = byServiceManager;
    this.log = log;
  }

  @Override
  public SuccessorProcess start(int lifeline, OtherCommand other) throws IOException {
    return other == null
        ? start(lifeline, own, own.directory().forSuccessor(directoryOption))
        : start(lifeline, own.replacedBy(other), own.directory().forSuccessor(other.directory()));
  }

  @Override
  public ChildProcess startHook(String program, String argument, Map<String, String> facts)
      throws IOException {
    LaunchCommand command = own.withVariables(ManagerVariables::isForChild);
    List<byte[]> environment = new ArrayList<>(command.environment());
    facts.forEach((name, value) -> environment.add(bytes(name + "=" + value)));
    List<byte[]> arguments = Arrays.asList(bytes(program), bytes(argument));
    SpawnRequest request =
        asOurs(new SpawnRequest(program, arguments, environment), own)
            .block(own.blockedSignals() & ~USR2); // Ours, from when this process was started.
    try {
      return new ChildProcess(libc, request.spawn(libc));
    } catch (ErrnoException failure) {
      throw new IOException("can't execute " + program + ": " + failure.getMessage(), failure);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private SuccessorProcess start(int lifeline, LaunchCommand whole, String directory)
      throws IOException {
    LaunchCommand command = whole.withVariables(ManagerVariables::isForSuccessor);
    DebuggerPort debugger = new DebuggerPort();
    List<byte[]> arguments = debugger.inArguments(command.arguments());
    List<byte[]> environment = debugger.inEnvironment(command.environment());
    for (String port : debugger.released()) {
      log.info(
          "the debugger port " + port + " stays with this process; the new one gets any free port");
    }
    String program = ProgramPath.resolve(command, directory);
    SpawnRequest request =
        asOurs(new SpawnRequest(program, arguments, environment), command)
            .inherit(lifeline)
            // A stray USR2 must find the JVM's handler in place: until then it waits (it kills a
            // booting process).
            .block(command.blockedSignals() | USR2);
    if (directory != null) {
      request.directory(directory);
    }
    if (byServiceManager) {
      request.orphaned();
    }
    try {
      int pid = request.spawn(libc);
      limits.restoreIn(pid);
      return byServiceManager ? ForeignProcess.of(libc, pid) : new ChildProcess(libc, pid);
    } catch (ErrnoException failure) {
      throw new IOException("can't execute " + program + ": " + failure.getMessage(), failure);
    }
  }

  private static SpawnRequest asOurs(SpawnRequest request, LaunchCommand command) {
    request.reset(ProcFs.signals("SigIgn") & ~command.ignoredSignals());
    if (command.umask() >= 0 && command.umask() != LaunchCommand.currentUmask()) {
      request.umask(command.umask());
    }
    return request;
  }
}
