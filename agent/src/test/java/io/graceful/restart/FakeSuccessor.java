package io.graceful.restart;

import static io.graceful.os.NativeLibc.LIBC;

import io.graceful.handover.Frame;
import io.graceful.handover.Frames;
import io.graceful.log.Log;
import io.graceful.os.FdMessages;
import io.graceful.os.Libc;
import io.graceful.os.Reactor;
import io.graceful.os.ResourceLimits;
import io.graceful.process.ChildProcess;
import io.graceful.process.Children;
import io.graceful.process.ForeignProcess;
import io.graceful.process.LaunchCommand;
import io.graceful.process.Launcher;
import io.graceful.process.OtherCommand;
import io.graceful.process.ProcessStarter;
import io.graceful.process.SuccessorProcess;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;

/** Speaks for a process that itself does nothing but live. */
public final class FakeSuccessor implements ProcessStarter {

  private final FdMessages messages = new FdMessages(LIBC);
  private volatile Throwable failure;
  private volatile int starts;
  private volatile int lifeline = -1;
  private volatile ChildProcess child;
  private volatile Function<ChildProcess, SuccessorProcess> disguise = child -> child;

  @Override
  public SuccessorProcess start(int inherited, OtherCommand other) throws IOException {
    starts++;
    if (failure instanceof IOException) {
      throw (IOException) failure;
    }
    if (failure != null) {
      throw (Error) failure;
    }
    hangUp();
    lifeline = LIBC.duplicate(inherited);
    child = Children.idle(LIBC);
    return disguise.apply(child);
  }

  /** From now on its parent is another one, who alone learns how it ended. */
  void beForeign() {
    disguise = child -> ForeignProcess.of(LIBC, child.pid());
  }

  /** From now on as on a kernel without pidfd_open(2). */
  void haveNoHandle() {
    disguise = WithoutHandle::new;
  }

  /** As one that somebody else has started, who reaps it. */
  SuccessorProcess join(int passed) throws IOException {
    start(passed, null);
    return ForeignProcess.of(LIBC, child.pid());
  }

  /** Waits for the end of one that has joined. */
  String reap() throws Exception {
    return Children.end(child);
  }

  /** A real one. */
  @Override
  public ChildProcess startHook(String program, String argument, Map<String, String> facts)
      throws IOException {
    LaunchCommand command = LaunchCommand.ofThisProcess();
    Log log = new Log(0, Log.Level.ERROR);
    return new Launcher(LIBC, command, ResourceLimits.current(LIBC), "", false, log)
        .startHook(program, argument, facts);
  }

  /**
   * From now on.
   *
   * @param reason an IOException or an Error
   */
  void failToStart(Throwable reason) {
    failure = reason;
  }

  public int starts() {
    return starts;
  }

  int pid() {
    return child.pid();
  }

  void say(Frame.Type type, String text) throws IOException {
    sendRaw(Frames.encode(type, pid(), text));
  }

  void sendRaw(byte[] packet) throws IOException {
    messages.send(lifeline, packet, -1);
  }

  /** Takes all that the predecessor has said by now: whether it has given up. */
  boolean isSentAway() throws IOException {
    for (FdMessages.Packet packet = messages.receive(lifeline);
        packet != null;
        packet = messages.receive(lifeline)) {
      if (packet.fd >= 0) {
        LIBC.close(packet.fd);
      }
      if (packet.bytes.length == 0 || Frames.decode(packet.bytes).type() == Frame.Type.ABORT) {
        return true;
      }
    }
    return false;
  }

  /** The next frame; a descriptor that comes along is closed. */
  Frame hear() throws IOException {
    if (!Reactor.awaitReadable(LIBC, lifeline, 30_000)) {
      throw new AssertionError("no frame within 30 s");
    }
    FdMessages.Packet packet = messages.receive(lifeline);
    if (packet.fd >= 0) {
      LIBC.close(packet.fd);
    }
    return Frames.decode(packet.bytes);
  }

  /** Not through ChildProcess: that one belongs to the reactor's thread. */
  void die() throws IOException {
    LIBC.kill(pid(), Libc.SIGKILL);
  }

  /** On the reactor's thread: the same, and nothing if the predecessor has reaped it already. */
  void kill() {
    child.signal(Libc.SIGKILL);
  }

  public void hangUp() {
    if (lifeline >= 0) {
      LIBC.close(lifeline);
      lifeline = -1;
    }
  }

  private static final class WithoutHandle implements SuccessorProcess {
    private final ChildProcess child;

    WithoutHandle(ChildProcess child) {
      this.child = child;
    }

    @Override
    public int pid() {
      return child.pid();
    }

    @Override
    public int handle() {
      return -1;
    }

    @Override
    public String end() {
      return child.end();
    }

    @Override
    public void signal(int signal) {
      child.signal(signal);
    }
  }
}
