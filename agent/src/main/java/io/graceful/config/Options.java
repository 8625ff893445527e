package io.graceful.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * The values in force: an agent argument before an environment variable before the file before the
 * default.
 */
public final class Options {

  /** Of the environment variables that are options. */
  public static final String VARIABLE_PREFIX = "GRACEFUL_";

  /**
   * What Kubernetes puts into the environment of every pod for a service that is called graceful.
   */
  private static final String KUBERNETES_SERVICE =
      ".*_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_.*)?)?)";

  private final Map<Option, String> values = new EnumMap<>(Option.class);

  private Options() {}

  /**
   * @param arguments {@code key=value,key=value}, or null
   * @throws OptionException at the first unknown key or bad value
   */
  public static Options read(String arguments, Map<String, String> environment)
      throws OptionException {
    Options options = new Options();
    options.readArguments(arguments == null ? "" : arguments);
    options.readEnvironment(environment);
    if (options.values.containsKey(Option.CONFIG)) {
      options.readFile(Paths.get(options.text(Option.CONFIG)));
    }
    options.checkSignals();
    return options;
  }

  public String text(Option option) {
    return values.getOrDefault(option, option.defaultValue());
  }

  /** In milliseconds. */
  public long millis(Option option) {
    return Durations.parse(text(option));
  }

  /** Names without SIG. */
  public List<String> signals(Option option) {
    String text = text(option);
    return text.equals("none")
        ? Collections.emptyList()
        : new ArrayList<>(new LinkedHashSet<>(Arrays.asList(text.split("\\+"))));
  }

  private void readArguments(String arguments) throws OptionException {
    if (arguments.isEmpty()) {
      return;
    }
    for (String pair : arguments.split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 0) {
        throw new OptionException(
            "agent argument '"
                + pair
                + "' is not of the form key=value; known keys: "
                + Option.allKeys());
      }
      set(
          pair.substring(0, equals),
          pair.substring(equals + 1),
          "agent argument",
          pair.substring(0, equals));
    }
  }

  private void readEnvironment(Map<String, String> environment) throws OptionException {
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      if (variable.getKey().startsWith(VARIABLE_PREFIX)
          && !variable.getKey().matches(KUBERNETES_SERVICE)) {
        String key =
            variable
                .getKey()
                .substring(VARIABLE_PREFIX.length())
                .toLowerCase(java.util.Locale.ROOT);
        set(key.replace('_', '.'), variable.getValue(), "environment variable", variable.getKey());
      }
    }
  }

  private void readFile(Path file) throws OptionException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException unreadable) {
      throw new OptionException(
          "can't read config=" + file + ": " + unreadable + "; name a readable properties file");
    }
    for (String key : properties.stringPropertyNames()) {
      if (key.equals(Option.CONFIG.key())) {
        throw new OptionException(
            "config in " + file + ": a file can't name another file, remove the line");
      }
      set(key, properties.getProperty(key).trim(), "key in " + file, key);
    }
  }

  private void set(String key, String value, String source, String name) throws OptionException {
    Option option = Option.byKey(key);
    if (option == null) {
      throw new OptionException(
          "unknown " + source + " '" + name + "'; known keys: " + Option.allKeys());
    }
    if (!option.accepts(value)) {
      throw new OptionException(
          "bad value '"
              + value
              + "' for "
              + source
              + " '"
              + name
              + "'; allowed: "
              + option.allowed());
    }
    values.putIfAbsent(option, value);
  }

  private void checkSignals() throws OptionException {
    for (String signal : signals(Option.RESTART_SIGNAL)) {
      if (signals(Option.STOP_SIGNALS).contains(signal)) {
        throw new OptionException(
            signal + " can't be both in restart.signal and in stop.signals; take it out of one");
      }
    }
  }
}
