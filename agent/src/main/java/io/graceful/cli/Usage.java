package io.graceful.cli;

import io.graceful.config.Option;
import java.io.PrintStream;
import picocli.CommandLine;

/** What {@code java -jar graceful.jar} prints; made from the table of options. */
public final class Usage {

  private static final int WIDTH = 78;

  private Usage() {}

  static void print(PrintStream out) {
    out.println("Restarts an unmodified Java server without its clients noticing.");
    out.println();
    out.println("  java -javaagent:graceful.jar[=key=value,...] -jar server.jar   start it");
    out.println("  kill -USR2 PID                                                 restart it");
    out.println(
        "  kill -TERM PID                                                 stop it gracefully");
    out.println();
    out.println("A restart starts the same command line again. The new process inherits the");
    out.println("listening sockets; when it accepts on all of them the old one finishes its");
    out.println("requests, runs its shutdown hooks and exits. If the new one fails, the old one");
    out.println("serves on and stderr says why.");
    out.println();
    out.println("Commands (java -jar graceful.jar COMMAND --help tells more):");
    out.println();
    Table commands = new Table();
    Cli.commandLine()
        .getSubcommands()
        .forEach((name, command) -> commands.row("  " + name, header(command)));
    out.println(commands);
    out.println();
    out.println("Options, as agent arguments (key=value), as environment variables");
    out.println("(" + Option.DRAIN_TIMEOUT.variable() + "=10s),");
    out.println("or in a file (config=PATH), in this order of precedence:");
    for (Option option : Option.values()) {
      out.println();
      out.println("  " + option.key() + shown(option));
      wrapped(out, option.text());
      wrapped(out, "Allowed: " + option.allowed() + ".");
    }
    out.println();
    out.println("Exit codes of a command: 0 done, 1 failed (restart: the old process serves");
    out.println("on), 2 wrong use, 3 no such agent. Of a server: its own; 70: it could not take");
    out.println("over, and the old process serves on.");
  }

  private static String header(CommandLine command) {
    return String.join(" ", command.getCommandSpec().usageMessage().header());
  }

  static void markdown(PrintStream out) {
    out.println("# Options");
    out.println();
    out.println(
        "As agent arguments (`-javaagent:graceful.jar=key=value,key=value`), as environment variables, or in");
    out.println(
        "a properties file named by `config`, in this order of precedence. This page is printed by");
    out.println("`java -jar graceful.jar --options-markdown`.");
    out.println();
    out.println(
        "In agent arguments a comma ends a value: one that has a comma in it goes into a variable or the file.");
    out.println();
    out.println("| key | variable | default | allowed | meaning |");
    out.println("| --- | --- | --- | --- | --- |");
    for (Option option : Option.values()) {
      out.println(
          "| `"
              + option.key()
              + "` | `"
              + option.variable()
              + "` | "
              + (option.defaultValue().isEmpty() ? "" : "`" + option.defaultValue() + "`")
              + " | "
              + option.allowed()
              + " | "
              + option.text()
              + " |");
    }
  }

  private static String shown(Option option) {
    return option.defaultValue().isEmpty() ? "" : " (default " + option.defaultValue() + ")";
  }

  private static void wrapped(PrintStream out, String text) {
    StringBuilder line = new StringBuilder("     ");
    for (String word : text.split(" ")) {
      if (line.length() + 1 + word.length() > WIDTH) {
        out.println(line);
        line = new StringBuilder("     ");
      }
      line.append(' ').append(word);
    }
    out.println(line);
  }
}
