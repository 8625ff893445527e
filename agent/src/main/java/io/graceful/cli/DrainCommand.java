package io.graceful.cli;

import io.graceful.control.Message;
import picocli.CommandLine.Command;

@Command(
    name = "drain",
    header = "Takes a server out of service: new connections are refused, open ones go on.",
    description = {
      "%nSo that a load balancer turns to other servers. Returns when no connection is accepted any more; status says"
          + " how many are still open. UNIX sockets stay open. The server runs on until resume or stop.%n"
    },
    footer = {
      "%nExamples:",
      "  java -jar graceful.jar drain 4711",
      "  java -jar graceful.jar status 4711 --json | jq .connections.busy",
      "  java -jar graceful.jar stop 4711    or: resume 4711"
    })
final class DrainCommand extends AgentCommand {

  @Override
  int call(Agent agent) throws Exception {
    return answered(agent, "drain", "status", DrainCommand::inWords);
  }

  private static String inWords(Message status) {
    Message connections = status.message("connections");
    return "out of service: no longer accepting on "
        + String.join(", ", status.texts("listeners"))
        + "; open connections go on: "
        + connections.number("busy")
        + " busy, "
        + connections.number("idle")
        + " idle";
  }
}
