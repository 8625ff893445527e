package io.graceful.cli;

import picocli.CommandLine.Command;

@Command(
    name = "resume",
    header = "Puts a server back into service that drain took out.",
    footer = {"%nExample:", "  java -jar graceful.jar resume 4711"})
final class ResumeCommand extends AgentCommand {

  @Override
  int call(Agent agent) throws Exception {
    return answered(
        agent,
        "resume",
        "status",
        status -> "in service: accepting on " + String.join(", ", status.texts("listeners")));
  }
}
