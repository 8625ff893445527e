package io.graceful.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "abort",
    header = "Takes a restart back that has not been handed over.",
    description = {
      "%nOf a held one, or one whose new process is still starting. The new process ends, the old one serves on.%n"
    },
    footer = {"%nExample:", "  java -jar graceful.jar abort 4711"})
final class AbortCommand extends AgentCommand {

  @Parameters(paramLabel = "PID", description = "The old process. " + Words.WHO)
  private String who;

  @Override
  public Integer call() throws Exception {
    Agent agent = agents().find(who);
    return answered(
        agent, "abort", "aborted", event -> "taken back: pid " + agent.pid() + " serves on");
  }
}
