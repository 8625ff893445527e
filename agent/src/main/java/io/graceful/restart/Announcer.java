package io.graceful.restart;

import io.graceful.config.Option;
import io.graceful.os.Libc;
import io.graceful.os.Reactor;
import io.graceful.process.ChildProcess;
import io.graceful.sockets.ListenerKey;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Tells the operator's program what happens: the option hook. On the reactor's thread. */
final class Announcer {

  /** Each is the program's argument. */
  enum Event {
    /** Whether a restart may begin: it may not if the program fails. */
    BEFORE_RESTART,
    /** A process accepts. */
    READY,
    /** This process does not accept any more, or is about to stop that. */
    DRAINING,
    /** This process is about to exit, and waits for the program. */
    EXITING,
    /** A restart failed, and this process serves. */
    FAILED;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  private static final long LOOK_MILLIS = 50;

  private final Surroundings world;
  private final int generation;
  private final String program;

  /**
   * @param generation of this process
   */
  Announcer(Surroundings world, int generation) {
    this.world = world;
    this.generation = generation;
    this.program = world.options.text(Option.HOOK);
  }

  boolean hasListener() {
    return !program.isEmpty();
  }

  /** Nobody waits for what the program does with it; if it fails, that is logged. */
  void tell(Event event, Collection<ListenerKey> listeners, int successor, String reason) {
    ask(event, listeners, successor, reason, problem -> {});
  }

  /**
   * Waits for the program's end, for some time.
   *
   * @param successor its pid; 0 if there is none
   * @param reason empty if there is none
   * @param whenDone gets what went wrong, or null; at once if there is no program
   */
  void ask(
      Event event,
      Collection<ListenerKey> listeners,
      int successor,
      String reason,
      Consumer<String> whenDone) {
    if (program.isEmpty()) {
      whenDone.accept(null);
      return;
    }
    try {
      ChildProcess process =
          world.starter.startHook(
              program, event.toString(), facts(event, listeners, successor, reason));
      new Run(event, process, whenDone).begin();
    } catch (IOException failure) {
      world.log.error("hook: " + failure.getMessage());
      whenDone.accept("the hook could not be asked: " + failure.getMessage());
    }
  }

  /**
   * Tells of one restart, in the predecessor.
   *
   * @param listeners that are handed over
   */
  Progress tellingOf(Supplier<List<ListenerKey>> listeners) {
    return new Progress() {
      private boolean isReady;

      @Override
      public void held(int successor) {
        isReady = true;
        tell(Event.READY, listeners.get(), successor, "");
      }

      @Override
      public void handedOver(int successor) {
        if (!isReady) {
          held(successor);
        }
        tell(Event.DRAINING, listeners.get(), successor, "");
      }

      @Override
      public void failed(String reason) {
        tell(Event.FAILED, listeners.get(), 0, reason);
      }
    };
  }

  private Map<String, String> facts(
      Event event, Collection<ListenerKey> listeners, int successor, String reason) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("RESTART_EVENT", event.toString());
    facts.put("RESTART_PID", String.valueOf(world.pid));
    facts.put("RESTART_GENERATION", String.valueOf(generation));
    facts.put("RESTART_NEW_PID", successor == 0 ? "" : String.valueOf(successor));
    StringBuilder addresses = new StringBuilder();
    for (ListenerKey listener : listeners) {
      addresses.append(addresses.length() == 0 ? "" : " ").append(listener);
    }
    facts.put("RESTART_LISTENERS", addresses.toString());
    facts.put("RESTART_REASON", reason);
    return facts;
  }

  private final class Run {
    private final Event event;
    private final ChildProcess process;
    private final Consumer<String> whenDone;
    private Reactor.Timer deadline;
    private boolean over;

    Run(Event event, ChildProcess process, Consumer<String> whenDone) {
      this.event = event;
      this.process = process;
      this.whenDone = whenDone;
    }

    void begin() {
      deadline = world.reactor.after(world.options.millis(Option.HOOK_TIMEOUT), this::onTimeout);
      if (process.handle() >= 0) {
        world.reactor.watch(process.handle(), this::look);
      } else {
        poll();
      }
    }

    private void poll() {
      look();
      if (!over) {
        world.reactor.after(LOOK_MILLIS, this::poll);
      }
    }

    private void look() {
      String end = process.end();
      if (end == null || over) {
        return;
      }
      over = true;
      world.reactor.unwatch(process.handle());
      deadline.cancel();
      if (end.equals("exited with 0")) {
        whenDone.accept(null);
      } else {
        world.log.error("hook: " + program + " " + event + " " + end);
        whenDone.accept("the hook " + program + " " + end);
      }
    }

    private void onTimeout() {
      world.log.error(
          "hook: "
              + program
              + " "
              + event
              + " did not end within "
              + world.options.text(Option.HOOK_TIMEOUT)
              + " (hook.timeout): killing it");
      process.signal(Libc.SIGKILL);
    }
  }
}
