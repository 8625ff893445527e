package io.graceful.process;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A debugger port with a fixed number would kill the new process before it begins, as the old one
 * still has it. It gets any free port instead.
 */
final class DebuggerPort {

  /** In an argument of its own, or among others in a variable. */
  private static final Pattern OPTIONS =
      Pattern.compile("(-agentlib:jdwp=|-Xrunjdwp:|-agentpath:[^\\s=]*libjdwp\\.so=)(\\S*)");

  private static final Pattern ADDRESS =
      Pattern.compile("(^|,)address=((?:\\[[^\\]]*\\]|[^,:\\s]*):)?([1-9][0-9]*)(?=,|$)");
  private static final String[] VARIABLES = {
    "JAVA_TOOL_OPTIONS=", "JDK_JAVA_OPTIONS=", "_JAVA_OPTIONS="
  };

  private final List<String> released = new ArrayList<>();

  /** The same arguments, without a fixed port to listen on. */
  List<byte[]> inArguments(List<byte[]> arguments) {
    List<byte[]> result = new ArrayList<>();
    for (byte[] argument : arguments) {
      String text = latin(argument);
      result.add(OPTIONS.matcher(text).lookingAt() ? bytes(withFreePort(text)) : argument);
    }
    return result;
  }

  /**
   * The same environment, without a fixed port in the variables that the JVM reads options from.
   */
  List<byte[]> inEnvironment(List<byte[]> environment) {
    List<byte[]> result = new ArrayList<>();
    for (byte[] entry : environment) {
      String text = latin(entry);
      boolean hasOptions = false;
      for (String variable : VARIABLES) {
        hasOptions |= text.startsWith(variable);
      }
      result.add(hasOptions ? bytes(withFreePort(text)) : entry);
    }
    return result;
  }

  /** The ports that the new process doesn't get. */
  List<String> released() {
    return released;
  }

  private String withFreePort(String text) {
    Matcher options = OPTIONS.matcher(text);
    StringBuffer result = new StringBuffer();
    while (options.find()) {
      String values = options.group(2);
      Matcher address = ADDRESS.matcher(values);
      if (values.contains("server=y") && address.find()) {
        released.add(address.group(3));
        String host = address.group(2) == null ? "" : address.group(2);
        values =
            values.substring(0, address.start())
                + address.group(1)
                + "address="
                + host
                + "0"
                + values.substring(address.end());
      }
      options.appendReplacement(result, Matcher.quoteReplacement(options.group(1) + values));
    }
    return options.appendTail(result).toString();
  }

  /** A text that keeps every byte as it is. */
  private static String latin(byte[] text) {
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(String latin) {
    return latin.getBytes(StandardCharsets.ISO_8859_1);
  }
}
