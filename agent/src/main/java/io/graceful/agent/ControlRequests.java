package io.graceful.agent;

import io.graceful.config.Durations;
import io.graceful.control.Conversation;
import io.graceful.control.Message;
import io.graceful.os.Libc;
import io.graceful.process.OtherCommand;
import io.graceful.restart.Lifecycle;
import io.graceful.restart.Outcome;
import io.graceful.restart.Progress;
import io.graceful.restart.RestartRequest;
import io.graceful.restart.Status;
import io.graceful.sockets.ListenerKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;

/** Answers the operator's commands; see docs/control-protocol.md. On the reactor's thread. */
final class ControlRequests implements BiConsumer<Message, Conversation> {

  private final Libc libc;
  private final ProgramName program;
  private final int pid;
  private final String agentVersion;
  private final Lifecycle lifecycle;
  private final long since;

  /**
   * @param since when this process was started, in ms after 1970 (UTC)
   */
  ControlRequests(
      Libc libc,
      ProgramName program,
      long since,
      int pid,
      String agentVersion,
      Lifecycle lifecycle) {
    this.libc = libc;
    this.program = program;
    this.since = since;
    this.pid = pid;
    this.agentVersion = agentVersion;
    this.lifecycle = lifecycle;
  }

  @Override
  public void accept(Message request, Conversation with) {
    if (request.number("version") != Message.VERSION) {
      with.refuse(
          "this agent speaks version "
              + Message.VERSION
              + " of the protocol: use the graceful.jar that it was started with, "
              + agentVersion);
      return;
    }
    String command = request.text("command");
    switch (command) {
      case "status":
        status(with);
        break;
      case "restart":
        restart(request, with);
        break;
      case "hand-over":
        handOver(with);
        break;
      case "commit":
        refuseUnlessNull(lifecycle.commit(new Told(with)), with);
        break;
      case "abort":
        abort(with);
        break;
      case "drain":
        drain(with);
        break;
      case "resume":
        resume(with);
        break;
      case "stop":
        refuseUnlessNull(lifecycle.stop(new Told(with)), with);
        break;
      default:
        with.refuse("this agent, " + agentVersion + ", knows no command '" + command + "'");
        break;
    }
  }

  private void status(Conversation with) {
    try {
      with.say(inWords(lifecycle.status()));
      with.hangUp();
    } catch (IOException blind) {
      with.refuse("can't look at the sockets: " + blind.getMessage());
    }
  }

  private Message inWords(Status status) {
    List<String> listeners = new ArrayList<>();
    status.listeners().forEach(listener -> listeners.add(listener.toString()));
    List<Message> restarts = new ArrayList<>();
    status.restarts().forEach(restart -> restarts.add(inWords(restart)));
    Message words =
        Message.event("status")
            .with("pid", pid)
            .with("program", program.toString())
            .with("agent", agentVersion)
            .with("since", since)
            .with("generation", status.generation())
            .with("state", status.state().name().toLowerCase(Locale.ROOT).replace('_', '-'))
            .with("listeners", listeners)
            .with("connections", connections(status))
            .with("restarts", restarts);
    if (status.successor() != 0) {
      words.with("successor", status.successor());
    }
    return status.refusal() == null ? words : words.with("refusal", status.refusal());
  }

  private static Message connections(Status status) {
    return new Message()
        .with("busy", status.connections().busy())
        .with("idle", status.connections().idle())
        .with("relayed", status.relayed());
  }

  private static Message inWords(Outcome outcome) {
    Message words =
        new Message()
            .with("at", outcome.at())
            .with("pid", outcome.pid())
            .with("millis", outcome.millis());
    return outcome.failure() == null ? words : words.with("failure", outcome.failure());
  }

  private void restart(Message request, Conversation with) {
    String timeout = request.text("timeout").isEmpty() ? null : request.text("timeout");
    if (timeout != null && !Durations.isValid(timeout)) {
      with.refuse("the timeout is '" + timeout + "', allowed is " + Durations.ALLOWED);
      return;
    }
    List<String> arguments = request.texts("arguments");
    RestartRequest restart =
        new RestartRequest(
            "command line",
            new Told(with),
            timeout,
            arguments.isEmpty() ? null : new OtherCommand(arguments, request.text("directory")),
            request.isTrue("hold"));
    refuseUnlessNull(lifecycle.restartRequested(restart), with);
  }

  /** To the client's own process; see docs/takeover.md. */
  private void handOver(Conversation with) {
    try {
      TakeoverClient client = new TakeoverClient(libc, with);
      if (!client.isVisible()) {
        with.refuse("your process is in another pid namespace, and can't be watched from here");
        return;
      }
      RestartRequest restart =
          RestartRequest.by("takeover by " + client, new Told(with), client::join);
      refuseUnlessNull(lifecycle.restartRequested(restart), with);
    } catch (IOException impossible) {
      with.refuse("can't tell your pid: " + impossible.getMessage());
    }
  }

  private static void refuseUnlessNull(String refusal, Conversation with) {
    if (refusal != null) {
      with.refuse(refusal);
    }
  }

  private void abort(Conversation with) {
    String refusal = lifecycle.abort();
    if (refusal == null) {
      with.say(Message.event("aborted"));
      with.hangUp();
    } else {
      with.refuse(refusal);
    }
  }

  private void drain(Conversation with) {
    refuseUnlessNull(
        lifecycle.drain(
            problem -> {
              if (problem == null) {
                status(with);
              } else {
                with.refuse(problem);
              }
            }),
        with);
  }

  private void resume(Conversation with) {
    String refusal = lifecycle.resume();
    if (refusal == null) {
      status(with);
    } else {
      with.refuse(refusal);
    }
  }

  /** Tells a client how its restart, or its stop, goes on. */
  private static final class Told implements Progress {
    private final Conversation with;

    Told(Conversation with) {
      this.with = with;
    }

    @Override
    public void spawned(int pid) {
      with.say(Message.event("spawned").with("pid", pid));
    }

    @Override
    public void agentStarted() {
      with.say(Message.event("agent-started"));
    }

    @Override
    public void claimed(ListenerKey listener, int claimed, int all) {
      with.say(
          Message.event("claimed")
              .with("listener", listener.toString())
              .with("claimed", claimed)
              .with("all", all));
    }

    @Override
    public void accepting(int successor) {
      with.say(Message.event("accepting").with("pid", successor));
    }

    @Override
    public void held(int successor) {
      with.say(Message.event("held").with("pid", successor));
      with.hangUp();
    }

    @Override
    public void handedOver(int successor) {
      with.say(Message.event("handed-over").with("pid", successor));
    }

    @Override
    public void draining(int moved, int left) {
      with.say(Message.event("draining").with("moved", moved).with("left", left));
    }

    @Override
    public void failed(String reason) {
      with.say(Message.event("failed").with("reason", reason));
      with.hangUp();
    }

    @Override
    public void done() {
      with.say(Message.event("done"));
      with.hangUp();
    }
  }
}
