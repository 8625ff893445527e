package io.graceful.cli;

import io.graceful.control.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
    name = "list",
    header = "Lists the agents of this user.",
    description = {
      "%nFor each: its pid, the generation that it is, what it is doing, for how long it has run, its jar or main"
          + " class, and its listeners. States: starting, serving, restarting (a new process is starting), held (one is"
          + " ready, see restart --hold), draining (another one serves), lame-duck (see drain), stopping, disabled (it"
          + " can't be restarted).%n"
    },
    footer = {
      "%nExamples:",
      "  java -jar graceful.jar list",
      "  java -jar graceful.jar list --json | jq -r '.agents[].pid'"
    })
final class ListCommand extends ReportingCommand {

  @Override
  public Integer call() throws Exception {
    List<Message> statuses = new ArrayList<>();
    for (Agent agent : agents().all()) {
      try {
        statuses.add(agent.status());
      } catch (IOException endedOrTooBusy) {
        complain("pid " + agent.pid() + " is not listed: " + endedOrTooBusy.getMessage());
      }
    }
    if (wantsJson()) {
      print(new Message().with("agents", statuses));
    } else if (statuses.isEmpty()) {
      complain("no agent of this user is running");
    } else {
      print(table(statuses));
    }
    return Exit.OK;
  }

  private static Table table(List<Message> statuses) {
    Table table = new Table("PID", "GENERATION", "STATE", "UPTIME", "PROGRAM", "LISTENERS");
    table.paint(2, Colour::ofState);
    for (Message status : statuses) {
      table.row(
          String.valueOf(status.number("pid")),
          String.valueOf(status.number("generation")),
          status.text("state"),
          Words.duration(System.currentTimeMillis() - status.number("since")),
          status.text("program"),
          String.join(", ", status.texts("listeners")));
    }
    return table;
  }
}
