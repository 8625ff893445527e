package io.graceful.it.faults;

import io.graceful.it.jvm.Check;
import io.graceful.it.jvm.ProcessView;
import java.util.List;
import java.util.function.UnaryOperator;

/** What a process was started with; the next one must be started with the same. */
record Inheritance(
    List<String> arguments,
    List<String> environment,
    String directory,
    String umask,
    String ignoredSignals) {

  /** Of sockets that systemd passes, to the first generation only. */
  private static final String PASSED = "LISTEN_";

  static Inheritance of(ProcessView process) {
    return new Inheritance(
        process.arguments(),
        process.environment().stream().filter(line -> !line.startsWith(PASSED)).toList(),
        process.workingDirectory(),
        process.status("Umask"),
        process.status("SigIgn"));
  }

  /**
   * @param argument what becomes of each
   */
  Inheritance with(UnaryOperator<String> argument) {
    return new Inheritance(
        arguments.stream().map(argument).toList(), environment, directory, umask, ignoredSignals);
  }

  /**
   * @param next that of the process in its place
   */
  void check(Inheritance next) {
    Check.same("arguments", next.arguments, arguments);
    Check.same("environment", next.environment, environment);
    Check.same("working directory", next.directory, directory);
    Check.same("umask", next.umask, umask);
    Check.same("ignored signals", next.ignoredSignals, ignoredSignals);
  }
}
