package io.graceful.cli;

import io.graceful.control.AgentSockets;
import io.graceful.control.NoAgentException;
import io.graceful.control.Pids;
import io.graceful.os.Libc;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the agents that an operator means. */
final class Agents {

  private final Libc libc;
  private final AgentSockets sockets;

  Agents(Libc libc) {
    this.libc = libc;
    this.sockets = new AgentSockets(libc);
  }

  /** Those of this user, by pid. */
  List<Agent> all() throws IOException {
    List<Agent> agents = new ArrayList<>();
    for (Path socket : sockets.all()) {
      agents.add(new Agent(libc, socket));
    }
    agents.sort((one, other) -> Integer.compare(one.pid(), other.pid()));
    return agents;
  }

  /**
   * @param who a pid, a file that holds one, or the name of a jar or main class that one agent has
   */
  Agent find(String who) throws IOException {
    int pid = Pids.of(who);
    return pid == Pids.NONE ? named(who) : new Agent(libc, sockets.require(pid));
  }

  /**
   * @return null if that process has no agent that can be reached
   * @throws NoAgentException if there is no such process, or it is not this user's
   */
  Agent withPid(int pid) throws IOException {
    Path socket = sockets.of(pid);
    return socket == null ? null : new Agent(libc, socket);
  }

  private Agent named(String name) throws IOException {
    Namesakes namesakes = new Namesakes(name);
    all().forEach(namesakes::add);
    return namesakes.meant();
  }
}
