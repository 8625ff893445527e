package io.graceful.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Paths;

/** Of a text on a terminal that has colours (ECMA-48, SGR); elsewhere nothing of it shows. */
enum Colour {
  NONE(0),
  BOLD(1),
  RED(31),
  GREEN(32),
  YELLOW(33);

  private static final int OUT = 1;
  private static final int ERR = 2;

  private final int code;

  Colour(int code) {
    this.code = code;
  }

  /** For stdout. */
  String of(String text) {
    return this == NONE || !isTerminal(OUT) ? text : painted(text);
  }

  /** For stderr. */
  String ofError(String text) {
    return this == NONE || !isTerminal(ERR) ? text : painted(text);
  }

  /** By what it means to an operator. */
  static Colour ofState(String state) {
    switch (state) {
      case "serving":
        return GREEN;
      case "disabled":
        return RED;
      default:
        return YELLOW;
    }
  }

  private String painted(String text) {
    return "\u001b[" + code + "m" + text + "\u001b[0m";
  }

  /** NO_COLOR: see no-color.org. */
  private static boolean isTerminal(int fd) {
    String without = System.getenv("NO_COLOR");
    String terminal = System.getenv("TERM");
    if (without != null && !without.isEmpty() || terminal == null || terminal.equals("dumb")) {
      return false;
    }
    try {
      String target = Files.readSymbolicLink(Paths.get("/proc/self/fd/" + fd)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException unknown) {
      return false;
    }
  }
}
