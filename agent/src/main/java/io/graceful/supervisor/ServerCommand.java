package io.graceful.supervisor;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The command line of a server, which gets the agent if it lacks it. */
public final class ServerCommand {

  private final List<String> words;
  private final String agentOptions;

  /**
   * @param jar of the agent
   * @param options for it, if it is added here; empty for none
   * @throws IOException if it would have to be added to what is no java command
   */
  public ServerCommand(
      List<String> command, File jar, String options, Map<String, String> environment)
      throws IOException {
    words = new ArrayList<>(command);
    String program = new File(words.get(0)).getName();
    boolean isJava = program.equals("java");
    String found = new JavaOptions(words, isJava, environment).ofAgent();
    if (found == null && !isJava) {
      throw new IOException(
          program
              + " is not java, so the agent can't be added: put -javaagent:"
              + jar
              + " into it, or into JAVA_TOOL_OPTIONS");
    }
    if (found == null) {
      words.add(1, "-javaagent:" + jar + (options.isEmpty() ? "" : "=" + options));
    }
    agentOptions = found == null ? options : found;
  }

  /** The program first. */
  public List<String> words() {
    return words;
  }

  /** Those with which the agent is loaded; empty for none. */
  public String agentOptions() {
    return agentOptions;
  }
}
