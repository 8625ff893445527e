package io.graceful.cli;

import io.graceful.control.Message;
import picocli.CommandLine.Command;

@Command(
    name = "restart",
    header = "Restarts a server, and waits until the new process has taken over.",
    description = {
      "%nThe same as SIGUSR2, but tells how it goes on: with 0 when the new process serves and the old one has ended,"
          + " with 1 when the old one serves on, with the reason and the last lines on stderr. Ending this command"
          + " does not end the restart.%n"
    },
    footer = {
      "%nExamples:",
      "  java -jar graceful.jar restart 4711",
      "  java -jar graceful.jar restart legacy.jar --timeout 30s && echo deployed",
      "  java -jar graceful.jar restart 4711 --hold    then look at it, and commit 4711 or abort 4711"
    })
final class RestartCommand extends RestartingCommand {

  @Override
  int call(Agent agent) throws Exception {
    return restart(agent, Message.request("restart"));
  }
}
