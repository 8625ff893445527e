package io.graceful.cli;

import io.graceful.control.ControlClient;
import io.graceful.control.Message;
import io.graceful.os.ProcFs;
import java.io.IOException;

/** Waits for the end of a restart, and shows how it goes on. */
final class RestartProgress {

  private static final int FOREVER = -1;
  private static final long PAUSE_NANOS = 1_000_000_000;

  private final Agent old;
  private final boolean asJson;
  private final StandardError stderr;
  private long newPid;

  /** When it was started; -1 if it had ended before that could be seen. */
  private long newStarted;

  private boolean handedOver;

  /** Connections. */
  private long moved;

  private long lastShown = System.nanoTime() - PAUSE_NANOS;

  private RestartProgress(Agent old, boolean asJson) {
    this.old = old;
    this.asJson = asJson;
    this.stderr = StandardError.of(old.pid());
  }

  /**
   * Asks for a restart, or for the rest of one.
   *
   * @return the exit code
   */
  static int follow(Agent old, Message request, boolean asJson)
      throws IOException, InterruptedException {
    RestartProgress progress = new RestartProgress(old, asJson);
    try (ControlClient client = old.ask(request)) {
      return progress.follow(client);
    }
  }

  private int follow(ControlClient client) throws IOException, InterruptedException {
    while (true) {
      Message event = client.hear(FOREVER);
      if (event == null) {
        return onHangUp();
      }
      if (asJson) {
        Subcommand.print(event);
      }
      switch (event.text("event")) {
        case "done":
          show("drained" + inWords(moved) + ": pid " + old.pid() + " exits");
          old.awaitEnd(); // Until then the new one refuses to be restarted.
          if (!newOneRuns()) {
            Subcommand.complain(
                "pid "
                    + old.pid()
                    + " has ended, and so has pid "
                    + newPid
                    + ", which had taken over");
            return Exit.FAILED;
          }
          show(Colour.GREEN, "done: pid " + old.pid() + " has ended, pid " + newPid + " serves");
          return Exit.OK;
        case "held":
          show(
              "pid "
                  + newPid
                  + " is ready, and both serve: commit "
                  + old.pid()
                  + ", or abort "
                  + old.pid());
          return Exit.OK;
        case "failed":
          onFailure(event.text("reason"));
          return Exit.FAILED;
        case "refused":
          Subcommand.complain("refused by pid " + old.pid() + ": " + event.text("reason"));
          return Exit.FAILED;
        default:
          onStep(event);
          break;
      }
    }
  }

  private void onStep(Message event) {
    switch (event.text("event")) {
      case "spawned":
        onNewPid(event.number("pid"));
        show("started pid " + newPid);
        break;
      case "agent-started":
        show("its agent runs, the application starts");
        break;
      case "claimed":
        show(
            "it has bound "
                + event.text("listener")
                + " ("
                + event.number("claimed")
                + " of "
                + event.number("all")
                + ")");
        break;
      case "accepting":
        show("it accepts");
        break;
      case "handed-over":
        handedOver = true;
        onNewPid(event.number("pid"));
        show("handed over, pid " + old.pid() + " drains");
        break;
      case "draining":
        moved = event.number("moved");
        onDraining(event.number("left"));
        break;
      default: // Of a newer agent.
        break;
    }
  }

  private void onNewPid(long pid) {
    if (pid != newPid) {
      newPid = pid;
      newStarted = ProcFs.startTimeOf((int) pid);
    }
  }

  /** Neither a zombie nor another process that has its pid by now does. */
  private boolean newOneRuns() {
    return ProcFs.isRunning((int) newPid, newStarted);
  }

  private void onDraining(long left) {
    if (left > 0 && System.nanoTime() - lastShown >= PAUSE_NANOS) {
      lastShown = System.nanoTime();
      show("draining" + inWords(moved) + ": " + left + " left");
    }
  }

  private static String inWords(long moved) {
    return moved == 0
        ? ""
        : ", " + moved + (moved == 1 ? " connection moved" : " connections moved");
  }

  private void onFailure(String reason) {
    Subcommand.complain("restart failed: " + reason + "; pid " + old.pid() + " serves");
    if (newPid != 0) { // Else nothing was started that could have said more.
      stderr.show("pid " + old.pid());
    }
  }

  private int onHangUp() {
    if (handedOver && newOneRuns()) {
      Subcommand.complain(
          "pid " + old.pid() + " ended before it had drained; pid " + newPid + " serves");
      return Exit.OK;
    }
    Subcommand.complain("pid " + old.pid() + " ended before it had told how the restart went");
    return Exit.FAILED;
  }

  private void show(String line) {
    show(Colour.NONE, line);
  }

  private void show(Colour colour, String line) {
    if (!asJson) {
      Subcommand.print(colour.of(Words.printable(line)));
    }
  }
}
