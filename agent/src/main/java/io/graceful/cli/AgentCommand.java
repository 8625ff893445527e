package io.graceful.cli;

import io.graceful.control.ControlClient;
import io.graceful.control.Message;
import java.io.IOException;
import java.util.function.Function;
import picocli.CommandLine.Parameters;

/** A command to one agent. */
abstract class AgentCommand extends ReportingCommand {

  @Parameters(
      index = "0",
      paramLabel = "PID",
      description =
          "Its pid, a file that holds it, or the name of its jar or main class if only one has it.")
  private String who;

  @Override
  public final Integer call() throws Exception {
    return call(agents().find(who));
  }

  /**
   * @return the exit code
   */
  abstract int call(Agent agent) throws Exception;

  /**
   * Asks for what is answered with one event, and tells how it went.
   *
   * @param expected the event's name
   * @return the exit code
   */
  int answered(Agent agent, String command, String expected, Function<Message, String> inWords)
      throws IOException {
    try (ControlClient client = agent.ask(Message.request(command))) {
      Message answer = client.hear(Agent.ANSWER_MILLIS);
      if (answer == null) {
        complain("pid " + agent.pid() + " has hung up");
        return Exit.FAILED;
      }
      if (wantsJson()) {
        print(answer);
      }
      if (!answer.text("event").equals(expected)) {
        complain("refused by pid " + agent.pid() + ": " + answer.text("reason"));
        return Exit.FAILED;
      }
      if (!wantsJson()) {
        print(Words.printable(inWords.apply(answer)));
      }
      return Exit.OK;
    }
  }
}
