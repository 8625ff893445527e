package apps;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the command line says: a flavour where the app has several, then {@code key=value} words.
 */
public final class Options {

  private static final List<String> COMMON_KEYS =
      Arrays.asList(
          "port",
          "host",
          "state",
          "slow-start",
          "exit-from",
          "exit-code",
          "exit-bound-from",
          "exit-bound-code",
          "hang-bound-from",
          "crash-from",
          "hang-from",
          "fewer-from",
          "churn",
          "slow-hook",
          "ignore-shutdown",
          "obedient",
          "config",
          "own-signals",
          "logged-signals");

  private final String flavour;
  private final Map<String, String> values = new HashMap<>();

  private Options(String flavour) {
    this.flavour = flavour;
  }

  /**
   * Reads the command line, then the file {@code config} with more such words, a line each; a
   * mistake ends the process with exit code 2.
   *
   * @param flavours what the first argument may be; empty if the app has only one flavour
   * @param ownKeys keys that only this app knows
   */
  public static Options parse(String[] args, List<String> flavours, String... ownKeys) {
    Set<String> keys = new HashSet<>(COMMON_KEYS);
    keys.addAll(Arrays.asList(ownKeys));
    int next = 0;
    String flavour = "";
    if (!flavours.isEmpty()) {
      if (args.length == 0 || !flavours.contains(args[0])) {
        throw refuse("the first argument must be one of " + flavours);
      }
      flavour = args[next++];
    }
    Options options = new Options(flavour);
    options.put(Arrays.asList(args).subList(next, args.length), keys);
    if (options.has("config")) {
      options.put(options.configuration(), keys);
    }
    return options;
  }

  private void put(List<String> words, Set<String> keys) {
    for (String word : words) {
      int equals = word.indexOf('=');
      String key = equals < 0 ? word : word.substring(0, equals);
      if (equals < 0 || !keys.contains(key)) {
        throw refuse("unknown argument " + word);
      }
      values.put(key, word.substring(equals + 1));
    }
  }

  private List<String> configuration() {
    try {
      return Files.readAllLines(Paths.get(text("config")));
    } catch (IOException unreadable) {
      throw refuse("can't read " + text("config"));
    }
  }

  public String flavour() {
    return flavour;
  }

  public boolean has(String key) {
    return values.containsKey(key);
  }

  public boolean isOn(String key) {
    return "true".equals(values.get(key));
  }

  public String text(String key, String fallback) {
    return values.getOrDefault(key, fallback);
  }

  public String text(String key) {
    String value = values.get(key);
    if (value == null) {
      throw refuse(key + "= is missing");
    }
    return value;
  }

  public long number(String key, long fallback) {
    return has(key) ? number(key) : fallback;
  }

  public long number(String key) {
    try {
      return Long.parseLong(text(key));
    } catch (NumberFormatException e) {
      throw refuse(key + "=" + text(key) + " is no number");
    }
  }

  public int port() {
    return (int) number("port");
  }

  /** The numeric address to bind, in the form most servers want it. */
  public String host() {
    String host = text("host", "127.0.0.1");
    return host.equals("*") ? "0.0.0.0" : host;
  }

  public InetSocketAddress address() {
    return address("port");
  }

  /** The address of the listener whose port is given by {@code portKey}. */
  public InetSocketAddress address(String portKey) {
    int port = (int) number(portKey);
    return text("host", "").equals("*")
        ? new InetSocketAddress(port)
        : new InetSocketAddress(host(), port);
  }

  /** Ends the process; declared to return something so that callers can {@code throw} it. */
  public static IllegalArgumentException refuse(String why) {
    System.err.println("app: " + why);
    System.exit(2);
    return new IllegalArgumentException(why);
  }
}
