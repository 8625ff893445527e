package io.graceful.cli;

import io.graceful.control.Message;
import io.graceful.control.NoAgentException;
import io.graceful.os.ProcFs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Those agents whose programs have one name, and the one of them that an operator means. During a
 * restart the old process and the new one have the same name: the old one is meant until it has
 * handed over, as it takes commit and abort, and then the new one.
 */
final class Namesakes {

  private final String name;
  private final List<Namesake> namesakes = new ArrayList<>();

  /**
   * @param name of a jar or main class: the whole, a file's, or a class's without its package
   */
  Namesakes(String name) {
    this.name = name;
  }

  /** Keeps it if it has that name. */
  void add(Agent agent) {
    try {
      add(agent, agent.status());
    } catch (IOException endedOrSilent) {
      addSilent(agent, endedOrSilent);
    }
  }

  void add(Agent agent, Message status) {
    if (isName(status.text("program"))) {
      boolean draining = status.text("state").equals("draining");
      namesakes.add(new Namesake(agent, status.number("successor"), draining, null));
    }
  }

  /** It does not tell what it runs, but its command line may. */
  private void addSilent(Agent agent, IOException failure) {
    try {
      for (byte[] argument : ProcFs.zeroTerminated("/proc/" + agent.pid() + "/cmdline")) {
        if (isName(new String(argument, StandardCharsets.UTF_8))) {
          namesakes.add(new Namesake(agent, 0, false, failure));
          return;
        }
      }
    } catch (IOException ended) {
      // Then it is not meant.
    }
  }

  private boolean isName(String program) {
    return program.equals(name) || program.endsWith("/" + name) || program.endsWith("." + name);
  }

  /**
   * @throws NoAgentException if there is none, or more than one
   * @throws IOException if the one there is does not answer
   */
  Agent meant() throws IOException {
    Set<Integer> notMeant = new HashSet<>();
    for (Namesake one : namesakes) {
      for (Namesake other : namesakes) {
        if (one.successor == other.agent.pid()) {
          notMeant.add(one.draining ? one.agent.pid() : other.agent.pid());
        }
      }
    }
    namesakes.removeIf(one -> notMeant.contains(one.agent.pid()));
    if (namesakes.isEmpty()) {
      throw new NoAgentException(
          "no agent of yours runs '" + name + "', and it is no pid and no file that holds one");
    }
    if (namesakes.size() > 1) {
      throw new NoAgentException(
          "several run '"
              + name
              + "', say which: pid "
              + namesakes.stream()
                  .map(one -> "" + one.agent.pid())
                  .collect(Collectors.joining(", ")));
    }
    Namesake only = namesakes.get(0);
    if (only.failure != null) {
      throw only.failure;
    }
    return only.agent;
  }

  private static final class Namesake {
    final Agent agent;

    /** 0 if there is none. */
    final long successor;

    /** It has handed over. */
    final boolean draining;

    /** Null if it has told its name. */
    final IOException failure;

    Namesake(Agent agent, long successor, boolean draining, IOException failure) {
      this.agent = agent;
      this.successor = successor;
      this.draining = draining;
      this.failure = failure;
    }
  }
}
