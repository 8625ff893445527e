package io.graceful.cli;

import io.graceful.control.ControlClient;
import io.graceful.control.Message;
import picocli.CommandLine.Command;

@Command(
    name = "stop",
    header = "Stops a server gracefully, and waits until it has ended.",
    description = {
      "%nThe same as SIGTERM: it stops accepting, requests in progress end (for at most its stop.timeout), shutdown hooks"
          + " run. Ending this command does not end the stop; kill -TERM makes it stop at once.%n"
    },
    footer = {"%nExample:", "  java -jar graceful.jar stop 4711"})
final class StopCommand extends AgentCommand {

  private static final int FOREVER = -1;
  private static final long PAUSE_NANOS = 1_000_000_000;

  private long lastShown = System.nanoTime() - PAUSE_NANOS;

  @Override
  int call(Agent agent) throws Exception {
    try (ControlClient client = agent.ask(Message.request("stop"))) {
      for (Message event = client.hear(FOREVER); event != null; event = client.hear(FOREVER)) {
        if (wantsJson()) {
          print(event);
        }
        if (event.text("event").equals("refused")) {
          complain("refused by pid " + agent.pid() + ": " + event.text("reason"));
          return Exit.FAILED;
        }
        if (event.text("event").equals("draining")) {
          onDraining(event.number("left"));
        }
      }
    }
    agent.awaitEnd();
    if (!wantsJson()) {
      print("stopped: pid " + agent.pid() + " has ended");
    }
    return Exit.OK;
  }

  private void onDraining(long left) {
    if (left > 0 && !wantsJson() && System.nanoTime() - lastShown >= PAUSE_NANOS) {
      lastShown = System.nanoTime();
      print("stopping: " + left + " left");
    }
  }
}
