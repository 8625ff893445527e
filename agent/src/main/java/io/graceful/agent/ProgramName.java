package io.graceful.agent;

/** What runs in this JVM, for people: its jar or main class. */
final class ProgramName {

  private static final String JAR = ".jar";

  private final String name;

  /**
   * @param command as the JVM has it in {@code sun.java.command}: the jar or main class, then its
   *     arguments, with a blank between any two; null if it does not tell
   */
  ProgramName(String command) {
    this.name = command == null ? "" : firstOf(command);
  }

  private static String firstOf(String command) {
    int blank = command.indexOf(' ');
    String first = blank < 0 ? command : command.substring(0, blank);
    int jar = command.indexOf(JAR + " ");
    if (jar < 0 && command.endsWith(JAR)) {
      jar = command.length() - JAR.length();
    }
    // A path may have blanks in it; a class can't, but its arguments may be jars.
    return jar >= 0 && first.contains("/") ? command.substring(0, jar + JAR.length()) : first;
  }

  /** Empty if it is unknown. */
  @Override
  public String toString() {
    return name;
  }
}
