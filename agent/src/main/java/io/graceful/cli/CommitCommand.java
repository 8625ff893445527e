package io.graceful.cli;

import io.graceful.control.Message;
import picocli.CommandLine.Command;

@Command(
    name = "commit",
    header = "Lets the new process of a held restart take over, and waits for it.",
    description = {"%nWaits and ends as restart does.%n"},
    footer = {"%nExample:", "  java -jar graceful.jar commit 4711"})
final class CommitCommand extends AgentCommand {

  @Override
  int call(Agent agent) throws Exception {
    return RestartProgress.follow(agent, Message.request("commit"), wantsJson());
  }
}
