package io.graceful.cli;

import io.graceful.control.AgentSockets;
import io.graceful.control.ControlClient;
import io.graceful.control.Message;
import io.graceful.control.SocketName;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import java.io.IOException;
import java.nio.file.Path;

/** A process that listens on its control socket. */
final class Agent {

  /** It looks at all its sockets for some, and may be busy with a restart. */
  static final int ANSWER_MILLIS = 10_000;

  private static final long GLANCE_MILLIS = 20;

  private final Libc libc;
  private final SocketName process;
  private final Path socket;

  /**
   * @param socket as {@link AgentSockets} has it
   */
  Agent(Libc libc, Path socket) {
    this.libc = libc;
    this.process = SocketName.of(socket);
    this.socket = socket;
  }

  int pid() {
    return process.pid();
  }

  /** Another process that has its pid by now does not count. */
  private boolean isAlive() {
    return ProcFs.isRunning(process.pid(), process.started());
  }

  void awaitEnd() throws InterruptedException {
    while (isAlive()) {
      Thread.sleep(GLANCE_MILLIS);
    }
  }

  /** The caller closes it. */
  ControlClient ask(Message request) throws IOException {
    ControlClient client = ControlClient.connect(libc, socket);
    try {
      client.ask(request);
      return client;
    } catch (IOException failure) {
      client.close();
      throw failure;
    }
  }

  /**
   * @throws IOException also if it refuses
   */
  Message status() throws IOException {
    try (ControlClient client = ask(Message.request("status"))) {
      Message answer = client.hear(ANSWER_MILLIS);
      if (answer == null) {
        throw new IOException("pid " + pid() + " has hung up");
      }
      if (!answer.text("event").equals("status")) {
        throw new IOException("pid " + pid() + ": " + answer.text("reason"));
      }
      return answer;
    }
  }
}
