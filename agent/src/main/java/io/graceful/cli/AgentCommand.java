package io.graceful.cli;

import io.graceful.control.ControlClient;
import io.graceful.control.Message;
import io.graceful.os.Libc;
import java.io.File;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** A command to agents, or about them. Returns the exit code. */
abstract class AgentCommand implements Callable<Integer> {

  /** It looks at all its sockets for some, and may be busy with a restart. */
  static final int ANSWER_MILLIS = 10_000;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Prints this.")
  private boolean help;

  @Option(names = "--json", description = "Prints JSON, for scripts.")
  private boolean json;

  boolean wantsJson() {
    return json;
  }

  static Agents agents() throws Exception {
    return new Agents(libc());
  }

  private static Libc libc() throws Exception {
    File jar =
        new File(AgentCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try {
      return Libc.load(jar.getAbsoluteFile().getParentFile());
    } catch (IOException | RuntimeException unloadable) {
      throw new IOException("can't call the C library: " + unloadable.getMessage(), unloadable);
    }
  }

  /**
   * Asks for what is answered with one event, and tells how it went.
   *
   * @param expected the event's name
   * @return the exit code
   */
  int answered(Agent agent, String command, String expected, Function<Message, String> inWords)
      throws IOException {
    try (ControlClient client = agent.ask(Agent.request(command))) {
      Message answer = client.hear(ANSWER_MILLIS);
      if (answer == null) {
        complain("pid " + agent.pid() + " has hung up");
        return Exit.FAILED;
      }
      if (json) {
        print(answer);
      }
      if (!answer.text("event").equals(expected)) {
        complain("refused by pid " + agent.pid() + ": " + answer.text("reason"));
        return Exit.FAILED;
      }
      if (!json) {
        print(Words.printable(inWords.apply(answer)));
      }
      return Exit.OK;
    }
  }

  static void print(Object line) {
    System.out.println(line);
  }

  /** On stderr. */
  static void complain(String line) {
    System.err.println("graceful: " + Words.printable(line));
  }
}
