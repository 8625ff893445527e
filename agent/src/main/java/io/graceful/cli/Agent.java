package io.graceful.cli;

import io.graceful.control.ControlClient;
import io.graceful.control.Message;
import io.graceful.os.Libc;
import java.io.IOException;
import java.nio.file.Path;

/** A process that listens on its control socket. */
final class Agent {

  private static final int PROTOCOL_VERSION = 1;

  /** It looks at all its sockets for that, and may be busy with a restart. */
  private static final int STATUS_MILLIS = 10_000;

  private final Libc libc;
  private final int pid;
  private final Path socket;

  Agent(Libc libc, int pid, Path socket) {
    this.libc = libc;
    this.pid = pid;
    this.socket = socket;
  }

  int pid() {
    return pid;
  }

  static Message request(String command) {
    return new Message().with("version", PROTOCOL_VERSION).with("command", command);
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
    try (ControlClient client = ask(request("status"))) {
      Message answer = client.hear(STATUS_MILLIS);
      if (answer == null) {
        throw new IOException("pid " + pid + " has hung up");
      }
      if (!answer.text("event").equals("status")) {
        throw new IOException("pid " + pid + ": " + answer.text("reason"));
      }
      return answer;
    }
  }
}
