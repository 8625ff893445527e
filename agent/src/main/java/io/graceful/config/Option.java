package io.graceful.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The table of options: what the parser accepts, the usage text and docs/options.md all come from
 * here.
 */
public enum Option {
  RESTART_SIGNAL(
      "restart.signal",
      "USR2",
      Kind.SIGNALS,
      "Signals that restart the server. Several are joined with +, for example USR2+HUP."),
  STOP_SIGNALS(
      "stop.signals",
      "TERM+INT",
      Kind.STOP_SIGNALS,
      "Signals that stop the server gracefully: requests in progress end first, then the signal does what it always"
          + " did. A second one stops at once. none leaves all signals alone."),
  READY_TIMEOUT(
      "ready.timeout",
      "120s",
      Kind.DURATION,
      "How long a new process may take until it accepts on every listener. After that it is stopped, and the old one"
          + " serves on."),
  DRAIN_TIMEOUT(
      "drain.timeout",
      "30s",
      Kind.DURATION,
      "How long the old process waits, after the new one took over, for requests in progress and for connections that"
          + " can't move."),
  DRAIN_QUIET(
      "drain.quiet",
      "2s",
      Kind.DURATION,
      "A connection on which nothing has moved for so long, and whose last request was answered, counts as idle: it"
          + " moves to the new process if it can, and doesn't hold up a stop. Set it higher if your responses pause for"
          + " longer."),
  MOVE(
      "move",
      "auto",
      Kind.MOVES,
      "Whether open connections move to the new process. auto moves those that speak HTTP/1.x, between two requests, and"
          + " those that have not said anything yet. off leaves all with the old process until they end or drain.timeout"
          + " is over. 8443:off does so for one port only; several are joined with +. Switch it off where a connection"
          + " has a memory that its requests don't show: NTLM, the PROXY protocol, CONNECT tunnels."),
  SOAK(
      "soak",
      "3s",
      Kind.DURATION,
      "How long the old process stays after the new one took over, to serve again if the new one dies."),
  SHUTDOWN_TIMEOUT(
      "shutdown.timeout",
      "30s",
      Kind.DURATION,
      "How long the shutdown hooks of the old process may take at the end of a restart before it is halted."),
  STOP_TIMEOUT(
      "stop.timeout",
      "10s",
      Kind.DURATION,
      "How long a stop signal waits for requests in progress."),
  CWD(
      "cwd",
      "",
      Kind.TEXT,
      "Directory in which the new process is started. Without it: the one in which this process was started, by its"
          + " logical name, so that a symlink that was switched leads to the new release."),
  UNCLAIMED(
      "unclaimed",
      "fail",
      Kind.CHOICE,
      "What to do if the new process does not bind a listener that the old one has: fail rolls the restart back, drop"
          + " closes that listener when ready.timeout is over.",
      "fail",
      "drop"),
  TAKEOVER(
      "takeover",
      "",
      Kind.PROCESS,
      "For a process that something else starts (a supervisor, a shell) to take over from the one that serves: that one's"
          + " pid, a file that holds it, or the path of its control socket. If there is no such process, this one starts"
          + " as the first. Restarts ignore it; see docs/takeover.md."),
  PIDFILE(
      "pidfile",
      "",
      Kind.TEXT,
      "A file for the pid of the process that serves: written when it accepts, rewritten by each restart, removed at the"
          + " end."),
  HOOK(
      "hook",
      "",
      Kind.HOOK,
      "A program that is told of each step, for what stands around the server: a registry, a load balancer. It gets the"
          + " step's name as its argument, and the facts in its environment. Or an http:// or https:// address that gets"
          + " them by POST; see docs/hooks.md."),
  HOOK_TIMEOUT(
      "hook.timeout",
      "10s",
      Kind.DURATION,
      "How long the hook may take for one step. A program that takes longer is killed, an address is waited for no"
          + " more."),
  STOP_DELAY(
      "stop.delay",
      "0s",
      Kind.DURATION,
      "How long a stop signal waits before the server stops accepting, so that a load balancer that the hook has told can"
          + " turn to others first."),
  CONTROL(
      "control",
      "on",
      Kind.CHOICE,
      "Whether there is a control socket, which the commands of the jar speak to. Nobody but this user and root can open"
          + " it.",
      "on",
      "off"),
  LOG_LEVEL(
      "log.level",
      "info",
      Kind.CHOICE,
      "What is written to stderr: error is failures only, info also a line per step of a restart or stop, debug also what"
          + " a report of a bug needs.",
      "error",
      "info",
      "debug"),
  CONFIG(
      "config",
      "",
      Kind.TEXT,
      "A properties file with the same keys. It counts least: an agent argument comes first, then an environment"
          + " variable, then this file.");

  /** What a value looks like. */
  enum Kind {
    SIGNALS,
    STOP_SIGNALS,
    DURATION,
    CHOICE,
    MOVES,
    PROCESS,
    HOOK,
    TEXT
  }

  /** What can be caught without breaking the JVM or the meaning of the signal. */
  private static final List<String> SIGNALS =
      Arrays.asList("USR2", "USR1", "HUP", "TERM", "INT", "WINCH");

  /** A stop ends with what the signal did before us, and SIGUSR2 is the JVM's own. */
  private static final List<String> STOPPING = SIGNALS.subList(1, SIGNALS.size());

  private final String key;
  private final String defaultValue;
  private final Kind kind;
  private final String text;
  private final List<String> choices;

  Option(String key, String defaultValue, Kind kind, String text, String... choices) {
    this.key = key;
    this.defaultValue = defaultValue;
    this.kind = kind;
    this.text = text;
    this.choices = Arrays.asList(choices);
  }

  public String key() {
    return key;
  }

  /** {@code GRACEFUL_DRAIN_TIMEOUT} for {@code drain.timeout}. */
  public String variable() {
    return "GRACEFUL_" + key.replace('.', '_').toUpperCase(Locale.ROOT);
  }

  public String defaultValue() {
    return defaultValue;
  }

  public String text() {
    return text;
  }

  /** In words, for usage and errors. */
  public String allowed() {
    switch (kind) {
      case SIGNALS:
        return someOf(SIGNALS);
      case STOP_SIGNALS:
        return "none, or " + someOf(STOPPING);
      case DURATION:
        return Durations.ALLOWED;
      case CHOICE:
        return String.join(" or ", choices);
      case MOVES:
        return MovePolicy.ALLOWED;
      case PROCESS:
        return "a pid or a path";
      case HOOK:
        return "a path, or an address such as http://127.0.0.1:8600/{event}";
      default:
        return "a path";
    }
  }

  private static String someOf(List<String> signals) {
    return "one or more of " + String.join(", ", signals) + ", joined with +";
  }

  static Option byKey(String key) {
    for (Option option : values()) {
      if (option.key.equals(key)) {
        return option;
      }
    }
    return null;
  }

  static String allKeys() {
    List<String> keys = new ArrayList<>();
    for (Option option : values()) {
      keys.add(option.key);
    }
    return String.join(", ", keys);
  }

  boolean accepts(String value) {
    switch (kind) {
      case SIGNALS:
        return SIGNALS.containsAll(joined(value));
      case STOP_SIGNALS:
        return value.equals("none") || STOPPING.containsAll(joined(value));
      case DURATION:
        return Durations.isValid(value);
      case CHOICE:
        return choices.contains(value);
      case MOVES:
        return MovePolicy.accepts(value);
      case HOOK:
        return !value.isEmpty() && (!value.contains("://") || isWebAddress(value));
      default:
        return !value.isEmpty();
    }
  }

  private static List<String> joined(String signals) {
    return Arrays.asList(signals.split("\\+", -1));
  }

  private static boolean isWebAddress(String value) {
    try {
      URI address = new URI(value.replace("{event}", "event"));
      return address.getHost() != null
          && (address.getScheme().equals("http") || address.getScheme().equals("https"));
    } catch (URISyntaxException notOne) {
      return false;
    }
  }
}
