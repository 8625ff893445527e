package io.graceful.agent;

import io.graceful.control.AgentSockets;
import io.graceful.control.ControlClient;
import io.graceful.control.Message;
import io.graceful.control.NoAgentException;
import io.graceful.control.Pids;
import io.graceful.control.SocketName;
import io.graceful.handover.Lifeline;
import io.graceful.os.ErrnoException;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.os.Reactor;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.List;

/**
 * The process that the option takeover names, if it is there: a service that starts for the first
 * time has the same command line as one that takes over.
 */
final class TakeoverTarget {

  private static final int ROOT = 0;
  private static final int ANSWER_MILLIS = 10_000;
  private static final int LAST_BREATH_MILLIS = 2000;
  private static final List<String> ANSWERS = Arrays.asList("lifeline", "refused", "failed");

  private final int pid;
  private final long started;

  /** Null unless it was named by that. */
  private final Path socket;

  /** Null unless it was named by that. */
  private final Path pidfile;

  /** Null as long as it seems to be there. */
  private String absence;

  private TakeoverTarget(int pid, long started, Path socket, Path pidfile) {
    this.pid = pid;
    this.started = started;
    this.socket = socket;
    this.pidfile = pidfile;
  }

  /**
   * Needs nothing native, so that a first generation starts even where that can't be loaded.
   *
   * @param named a pid, a file that holds one, or a control socket
   * @param self the pid of this process
   * @throws IOException if it can't be told whether there is such a process
   */
  static TakeoverTarget find(String named, int self) throws IOException {
    try {
      return lookFor(named, self);
    } catch (Absent nobody) {
      TakeoverTarget none = new TakeoverTarget(0, 0, null, null);
      none.absence = nobody.getMessage();
      return none;
    }
  }

  /** Why there is nobody to take over from; null if there is somebody. */
  String absence() {
    return absence;
  }

  private static TakeoverTarget lookFor(String named, int self) throws IOException, Absent {
    if (Pids.isPid(named)) {
      return withPid(Integer.parseInt(named), self, null);
    }
    Path path = Paths.get(named);
    try {
      path = path.toRealPath();
      if (!Files.isRegularFile(path)) {
        return listeningAt(path);
      }
      int pid = Pids.inFile(path);
      if (pid == Pids.NONE) {
        throw new IOException(named + " holds no pid: correct or remove it");
      }
      return withPid(pid, self, path);
    } catch (NoSuchFileException removed) {
      throw new Absent("there is no such file");
    } catch (FileSystemException unreadable) {
      throw new IOException("can't read " + named + ": " + unreadable, unreadable);
    }
  }

  private static TakeoverTarget withPid(int pid, int self, Path pidfile) throws Absent {
    if (pid == self) {
      throw new Absent("pid " + pid + " is this process itself by now");
    }
    long started = ProcFs.startTimeOf(pid);
    if (started < 0) {
      throw new Absent("there is no process " + pid);
    }
    return new TakeoverTarget(pid, started, null, pidfile);
  }

  private static TakeoverTarget listeningAt(Path socket) throws IOException {
    SocketName name = SocketName.of(socket);
    if (name == null) {
      throw new IOException(
          socket
              + " is neither a pidfile nor a control socket, which has a name like 4711-99.sock");
    }
    return new TakeoverTarget(name.pid(), name.started(), socket, null);
  }

  /**
   * Asks it to hand over to this process.
   *
   * @param patienceMillis that its operator's program may take to allow that
   * @return this process's end; null if it has ended meanwhile: see {@link #absence}
   * @throws IOException if it does not; the message says why
   */
  Lifeline ask(Libc libc, long patienceMillis) throws IOException {
    try {
      return asked(libc, patienceMillis);
    } catch (Absent nobody) {
      absence = nobody.getMessage();
      return null;
    }
  }

  private Lifeline asked(Libc libc, long patienceMillis) throws IOException, Absent {
    Message answer;
    try (ControlClient client = connect(libc)) {
      refuseForeign(client, libc);
      client.ask(Message.request("hand-over"));
      answer = answer(client, ANSWER_MILLIS + patienceMillis);
      if (answer.text("event").equals("lifeline")) {
        return Lifeline.received(libc, descriptor(client));
      }
    } catch (NoAgentException told) {
      throw told;
    } catch (IOException failure) {
      throwIfEnded(libc);
      throw failure;
    }
    throw new IOException("refused by pid " + pid + ": " + answer.text("reason"));
  }

  /** As it closes its sockets before it has ended, it has some time for that. */
  private void throwIfEnded(Libc libc) throws Absent {
    int handle = libc.openPid(pid);
    if (handle >= 0) {
      Reactor.awaitReadable(libc, handle, LAST_BREATH_MILLIS);
      libc.close(handle);
    }
    if (!ProcFs.isRunning(pid, started)) {
      throw new Absent(this + " has just ended");
    }
  }

  private ControlClient connect(Libc libc) throws IOException, Absent {
    if (socket == null) {
      return ControlClient.connect(libc, socketOf(libc));
    }
    try {
      return ControlClient.connect(libc, socket);
    } catch (ErrnoException failure) {
      if (failure.errno() == ErrnoException.ECONNREFUSED) {
        throw new Absent("nobody listens there any more");
      }
      throw new IOException("can't connect to " + socket + ": " + failure.getMessage(), failure);
    }
  }

  private Path socketOf(Libc libc) throws IOException, Absent {
    try {
      return new AgentSockets(libc).require(pid);
    } catch (NoAgentException none) {
      if (!ProcFs.isRunning(pid, started)) {
        throw new Absent(this + " has just ended");
      }
      if (pidfile != null && Pids.isOlder(pidfile, started)) {
        throw new Absent(
            "pid "
                + pid
                + " is another process by now, it was started after that file was written");
      }
      throw none;
    }
  }

  private void refuseForeign(ControlClient client, Libc libc) throws IOException {
    if (client.agentPid() != pid) {
      throw new NoAgentException(
          "pid " + pid + " is in another pid namespace, and could not watch this process");
    }
    int user = libc.effectiveUser();
    if (client.agentUser() != user && user != ROOT) {
      throw new NoAgentException(
          "pid "
              + pid
              + " belongs to user "
              + client.agentUser()
              + ": run this as that user, or as root");
    }
  }

  private Message answer(ControlClient client, long millis) throws IOException {
    int patience = (int) Math.min(Integer.MAX_VALUE, millis);
    for (Message event = client.hear(patience); event != null; event = client.hear(patience)) {
      if (ANSWERS.contains(event.text("event"))) {
        return event;
      } // Else it is of a newer agent.
    }
    throw new IOException("pid " + pid + " has hung up");
  }

  private int descriptor(ControlClient client) throws IOException {
    int descriptor = client.takeDescriptor();
    if (descriptor < 0) {
      throw new IOException("pid " + pid + " sent no descriptor: are there too few left?");
    }
    return descriptor;
  }

  @Override
  public String toString() {
    return "pid " + pid;
  }

  /** The message says why there is nobody. */
  private static final class Absent extends Exception {
    private static final long serialVersionUID = 1;

    Absent(String message) {
      super(message);
    }
  }
}
