package io.graceful.restart;

import io.graceful.config.MovePolicy;
import io.graceful.config.Option;
import io.graceful.config.Options;
import io.graceful.hooks.Hooks;
import io.graceful.log.Log;
import io.graceful.os.Libc;
import io.graceful.os.Reactor;
import io.graceful.process.ProcessStarter;
import io.graceful.sockets.BoundSockets;
import io.graceful.sockets.InheritedSockets;
import io.graceful.systemd.ServiceManager;

/** What the parts of a restart work with; made once, by the composition root. */
public final class Surroundings {

  final int pid;
  final Options options;
  final Log log;
  final Libc libc;
  final Reactor reactor;
  final BoundSockets bound;
  final Hooks hooks;
  final AppGuard guard;
  final ProcessStarter starter;
  final ProcessExit exit;

  /** Null where this process was not started by systemd. */
  final ServiceManager manager;

  /** What systemd listens on for this process; null if there is none. */
  final InheritedSockets passed;

  public Surroundings(
      int pid,
      Options options,
      Log log,
      Libc libc,
      Reactor reactor,
      BoundSockets bound,
      Hooks hooks,
      ProcessStarter starter,
      ProcessExit exit,
      ServiceManager manager,
      InheritedSockets passed) {
    this.pid = pid;
    this.options = options;
    this.log = log;
    this.libc = libc;
    this.reactor = reactor;
    this.bound = bound;
    this.hooks = hooks;
    this.guard =
        new AppGuard(hooks, log, !MovePolicy.parse(options.text(Option.MOVE)).movesNothing());
    this.starter = starter;
    this.exit = exit;
    this.manager = manager;
    this.passed = passed;
  }
}
