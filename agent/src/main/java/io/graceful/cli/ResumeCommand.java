package io.graceful.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "resume",
    header = "Puts a server back into service that drain took out.",
    footer = {"%nExample:", "  java -jar graceful.jar resume 4711"})
final class ResumeCommand extends AgentCommand {

  @Parameters(paramLabel = "PID", description = Words.WHO)
  private String who;

  @Override
  public Integer call() throws Exception {
    Agent agent = agents().find(who);
    return answered(
        agent,
        "resume",
        "status",
        status -> "in service: accepting on " + String.join(", ", status.texts("listeners")));
  }
}
