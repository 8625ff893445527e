package io.graceful.restart;

import io.graceful.config.Option;
import io.graceful.notice.Recipient;
import io.graceful.sockets.ListenerKey;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Knows when the operator wants to hear of something, and what. On the reactor's thread. */
final class Announcer {

  /** By the names that the operator's program knows. */
  enum Event {
    /** Whether a restart may begin: it may not if that fails. */
    BEFORE_RESTART,
    /** A process accepts. */
    READY,
    /** This process does not accept any more, or is about to stop that. */
    DRAINING,
    /** This process is about to exit, and waits for the answer. */
    EXITING,
    /** A restart failed, and this process serves. */
    FAILED;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  private final Surroundings world;
  private final int generation;

  /** Null if nobody wants to hear. */
  private final Recipient recipient;

  /**
   * @param generation of this process
   */
  Announcer(Surroundings world, int generation) {
    this.world = world;
    this.generation = generation;
    String hook = world.options.text(Option.HOOK);
    this.recipient =
        hook.isEmpty()
            ? null
            : Recipient.of(
                hook,
                world.options.millis(Option.HOOK_TIMEOUT),
                world.options.text(Option.HOOK_TIMEOUT),
                world.starter,
                world.reactor,
                world.log);
  }

  boolean hasListener() {
    return recipient != null;
  }

  /** Nobody waits for what becomes of it; if it fails, that is logged. */
  void tell(Event event, Collection<ListenerKey> listeners, int successor, String reason) {
    ask(event, listeners, successor, reason, problem -> {});
  }

  /**
   * Waits for the answer, for some time.
   *
   * @param successor its pid; 0 if there is none
   * @param reason empty if there is none
   * @param whenDone gets what went wrong, or null; at once if nobody wants to hear
   */
  void ask(
      Event event,
      Collection<ListenerKey> listeners,
      int successor,
      String reason,
      Consumer<String> whenDone) {
    if (recipient == null) {
      whenDone.accept(null);
    } else {
      recipient.tell(event.toString(), facts(event, listeners, successor, reason), whenDone);
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
}
