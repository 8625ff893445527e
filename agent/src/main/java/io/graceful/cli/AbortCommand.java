package io.graceful.cli;

import picocli.CommandLine.Command;

@Command(
    name = "abort",
    header = "Takes a restart back that has not been handed over.",
    description = {
      "%nOf a held one, or one whose new process is still starting. The new process ends, the old one serves on.%n"
    },
    footer = {"%nExample:", "  java -jar graceful.jar abort 4711"})
final class AbortCommand extends AgentCommand {

  @Override
  int call(Agent agent) throws Exception {
    return answered(
        agent, "abort", "aborted", event -> "taken back: pid " + agent.pid() + " serves on");
  }
}
