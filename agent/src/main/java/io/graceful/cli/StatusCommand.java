package io.graceful.cli;

import io.graceful.control.Message;
import picocli.CommandLine.Command;

@Command(
    name = "status",
    header = "Says what an agent is doing, and how its last restarts went.",
    description = {
      "%nConnections are busy (a request is in progress, or may be), idle, or relayed: taken from the application, to"
          + " move to the next process at their next request.%n"
    },
    footer = {
      "%nExamples:",
      "  java -jar graceful.jar status 4711",
      "  java -jar graceful.jar status /run/legacy/legacy.pid",
      "  java -jar graceful.jar status legacy.jar --json | jq .connections"
    })
final class StatusCommand extends AgentCommand {

  @Override
  int call(Agent agent) throws Exception {
    Message status = agent.status();
    if (wantsJson()) {
      print(status);
    } else {
      describe(status);
    }
    return Exit.OK;
  }

  private static void describe(Message status) {
    Table table = new Table();
    table.row("pid", String.valueOf(status.number("pid")));
    table.row("program", status.text("program"));
    table.row("generation", String.valueOf(status.number("generation")));
    table.row("state", status.text("state"));
    table.row("uptime", Words.duration(System.currentTimeMillis() - status.number("since")));
    table.row("listeners", String.join(", ", status.texts("listeners")));
    Message connections = status.message("connections");
    table.row(
        "connections",
        String.format(
            "%d busy, %d idle, %d relayed",
            connections.number("busy"), connections.number("idle"), connections.number("relayed")));
    table.row("agent", status.text("agent"));
    if (!status.text("refusal").isEmpty()) {
      table.row("no restart", status.text("refusal"));
    }
    print(table);
    for (Message restart : status.messages("restarts")) {
      print(Words.moment(restart.number("at")) + "  " + Words.printable(outcome(restart)));
    }
  }

  private static String outcome(Message restart) {
    return restart.text("failure").isEmpty()
        ? "pid " + restart.number("pid") + " took over after " + restart.number("millis") + " ms"
        : "failed after " + restart.number("millis") + " ms: " + restart.text("failure");
  }
}
