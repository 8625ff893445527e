package io.graceful.cli;

import io.graceful.control.ControlClient;
import io.graceful.control.Message;
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

  private static final int ANSWER_MILLIS = 10_000;

  @Parameters(paramLabel = "PID", description = "The old process. " + Words.WHO)
  private String who;

  @Override
  public Integer call() throws Exception {
    Agent agent = agents().find(who);
    try (ControlClient client = agent.ask(Agent.request("abort"))) {
      Message answer = client.hear(ANSWER_MILLIS);
      if (answer == null) {
        complain("pid " + agent.pid() + " has hung up");
        return Exit.FAILED;
      }
      if (wantsJson()) {
        print(answer);
      }
      if (!answer.text("event").equals("aborted")) {
        complain("refused by pid " + agent.pid() + ": " + answer.text("reason"));
        return Exit.FAILED;
      }
      if (!wantsJson()) {
        print("taken back: pid " + agent.pid() + " serves on");
      }
      return Exit.OK;
    }
  }
}
