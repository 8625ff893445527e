package io.graceful.cli;

import io.graceful.control.ControlClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "commit",
    header = "Lets the new process of a held restart take over, and waits for it.",
    description = {"%nWaits and ends as restart does.%n"},
    footer = {"%nExample:", "  java -jar graceful.jar commit 4711"})
final class CommitCommand extends AgentCommand {

  @Parameters(paramLabel = "PID", description = "The old process. " + Words.WHO)
  private String who;

  @Override
  public Integer call() throws Exception {
    Agent agent = agents().find(who);
    RestartProgress progress =
        new RestartProgress(agent.pid(), wantsJson(), StandardError.of(agent.pid()));
    try (ControlClient client = agent.ask(Agent.request("commit"))) {
      return progress.follow(client);
    }
  }
}
