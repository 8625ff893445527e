package io.graceful.cli;

import io.graceful.config.Durations;
import io.graceful.control.ControlClient;
import io.graceful.control.Message;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "restart",
    header = "Restarts a server, and waits until the new process has taken over.",
    description = {
      "%nThe same as SIGUSR2, but tells how it goes on: with 0 when the new process serves and the old one has drained,"
          + " with 1 when the old one serves on, with the reason and the last lines on stderr. Ending this command"
          + " does not end the restart.%n"
    },
    footer = {
      "%nExamples:",
      "  java -jar graceful.jar restart 4711",
      "  java -jar graceful.jar restart legacy.jar --timeout 30s && echo deployed",
      "  java -jar graceful.jar restart 4711 --hold    then look at it, and commit 4711 or abort 4711"
    })
final class RestartCommand extends AgentCommand {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "PID", description = Words.WHO)
  private String who;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description =
          "How long the new process may take until it accepts, for example 30s or 2m, instead of the agent's"
              + " ready.timeout.")
  private String timeout;

  @Option(
      names = "--hold",
      description =
          "Stops when the new process is ready, with both serving, until commit or abort.")
  private boolean hold;

  @Override
  public Integer call() throws Exception {
    Message request = Agent.request("restart").with("hold", hold);
    if (timeout != null) {
      if (!Durations.isValid(timeout)) {
        throw new ParameterException(
            spec.commandLine(), "--timeout is '" + timeout + "', allowed is " + Durations.ALLOWED);
      }
      request.with("timeout", timeout);
    }
    Agent agent = agents().find(who);
    RestartProgress progress =
        new RestartProgress(agent.pid(), wantsJson(), StandardError.of(agent.pid()));
    try (ControlClient client = agent.ask(request)) {
      return progress.follow(client);
    }
  }
}
