package io.graceful.supervisor;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/** The command line of a server, which gets the agent if it lacks it. */
public final class ServerCommand {

  private static final String AGENT = "-javaagent:";

  /** From which the JVM takes options as well (java(1), JVMTI). */
  private static final String[] VARIABLES = {
    "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"
  };

  private final List<String> words;

  /**
   * @param jar of the agent
   * @param options for it, if it is added here; empty for none
   * @throws IOException if it would have to be added to what is no java command
   */
  public ServerCommand(
      List<String> command, File jar, String options, Map<String, String> environment)
      throws IOException {
    words = new ArrayList<>(command);
    if (hasAgent(environment)) {
      return;
    }
    String program = new File(words.get(0)).getName();
    if (!program.equals("java")) {
      throw new IOException(
          program + " is not java, so the agent can't be added: put " + AGENT + jar + " into it");
    }
    words.add(1, AGENT + jar + (options.isEmpty() ? "" : "=" + options));
  }

  private boolean hasAgent(Map<String, String> environment) {
    List<String> candidates = new ArrayList<>(words);
    for (String variable : VARIABLES) {
      for (String word : environment.getOrDefault(variable, "").split("\\s+")) {
        candidates.add(word);
      }
    }
    return candidates.stream().anyMatch(ServerCommand::isAgent);
  }

  private static boolean isAgent(String word) {
    if (!word.startsWith(AGENT)) {
      return false;
    }
    String jar = word.substring(AGENT.length());
    int options = jar.indexOf('=');
    try (JarFile file = new JarFile(options < 0 ? jar : jar.substring(0, options))) {
      Manifest manifest = file.getManifest();
      return manifest != null
          && "io.graceful.GracefulAgent"
              .equals(manifest.getMainAttributes().getValue("Premain-Class"));
    } catch (IOException unreadable) {
      return false; // The JVM will say so.
    }
  }

  /** The program first. */
  public List<String> words() {
    return words;
  }
}
