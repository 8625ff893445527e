package io.graceful.agent;

import io.graceful.config.AgentVersion;
import io.graceful.control.ControlDirectory;
import io.graceful.control.ControlServer;
import io.graceful.control.SocketName;
import io.graceful.log.Log;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.os.Reactor;
import io.graceful.restart.Lifecycle;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Opens the control socket, once, on the reactor's thread. Where that fails, signals do without it.
 */
final class ControlOpening implements Runnable {

  private final Libc libc;
  private final Reactor reactor;
  private final Lifecycle lifecycle;
  private final Log log;
  private final int pid;
  private boolean isDone;

  ControlOpening(Libc libc, Reactor reactor, Lifecycle lifecycle, Log log, int pid) {
    this.libc = libc;
    this.reactor = reactor;
    this.lifecycle = lifecycle;
    this.log = log;
    this.pid = pid;
  }

  @Override
  public void run() {
    if (isDone) {
      return;
    }
    isDone = true;
    try {
      int user = libc.effectiveUser();
      Path directory =
          ControlDirectory.prepare(
              ControlDirectory.candidates(System.getenv("XDG_RUNTIME_DIR"), user), user);
      SocketName name = new SocketName(pid, ProcFs.startTime());
      ControlRequests requests =
          new ControlRequests(
              libc,
              new ProgramName(System.getProperty("sun.java.command")),
              ProcFs.startedAt(),
              pid,
              AgentVersion.text(),
              lifecycle);
      ControlServer.open(libc, reactor, log, directory, name, requests);
      name.in(directory).toFile().deleteOnExit();
    } catch (IOException | RuntimeException refused) {
      log.info("no control socket, signals work all the same: " + Failures.inWords(refused));
    }
  }
}
