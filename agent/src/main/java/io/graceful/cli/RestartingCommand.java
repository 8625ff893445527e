package io.graceful.cli;

import io.graceful.config.Durations;
import io.graceful.control.Message;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that begins a restart, and waits for it. */
abstract class RestartingCommand extends AgentCommand {

  @Spec private CommandSpec spec;

  private String timeout;

  @Option(
      names = "--hold",
      description =
          "Stops when the new process is ready, with both serving, until commit or abort.")
  private boolean hold;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description =
          "How long the new process may take until it accepts, for example 30s or 2m, instead of the agent's"
              + " ready.timeout.")
  private void setTimeout(String time) {
    if (!Durations.isValid(time)) {
      throw wrong("--timeout is '" + time + "', allowed is " + Durations.ALLOWED);
    }
    timeout = time;
  }

  ParameterException wrong(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }

  /**
   * @return the exit code
   */
  int restart(Agent agent, Message request) throws Exception {
    request.with("hold", hold);
    if (timeout != null) {
      request.with("timeout", timeout);
    }
    return RestartProgress.follow(agent, request, wantsJson());
  }
}
