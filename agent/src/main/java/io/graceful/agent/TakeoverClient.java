package io.graceful.agent;

import io.graceful.control.Conversation;
import io.graceful.control.Message;
import io.graceful.os.Libc;
import io.graceful.process.ForeignProcess;
import io.graceful.process.SuccessorProcess;
import io.graceful.restart.Newcomer;
import java.io.IOException;

/** A client of the control socket that asks to take over. On the reactor's thread. */
final class TakeoverClient {

  private final Libc libc;
  private final Conversation conversation;
  private final int pid;

  TakeoverClient(Libc libc, Conversation conversation) throws IOException {
    this.libc = libc;
    this.conversation = conversation;
    this.pid = conversation.clientPid();
  }

  /** Whether it can be watched: it has no pid here if it is in another pid namespace. */
  boolean isVisible() {
    return pid != 0;
  }

  /** See {@link Newcomer}. */
  SuccessorProcess join(int lifeline) throws IOException {
    ForeignProcess process = ForeignProcess.of(libc, pid);
    try {
      // After that one was opened: whom this reaches has had its pid till now.
      conversation.say(Message.event("lifeline"), lifeline);
      return process;
    } catch (IOException gone) {
      process.forget();
      throw new IOException(this + " asked to take over, and has gone: " + gone.getMessage(), gone);
    }
  }

  @Override
  public String toString() {
    return "pid " + pid;
  }
}
