package io.graceful.config;

import java.util.HashSet;
import java.util.Set;

/** Which ports' connections may move to the new process: {@link Option#MOVE}. */
public final class MovePolicy {

  static final String ALLOWED = "auto, off, or PORT:off for single ports, joined with +";

  private static final String AUTO = "auto";
  private static final String OFF = "off";

  private final boolean none;
  private final Set<Integer> stay = new HashSet<>();

  private MovePolicy(boolean none) {
    this.none = none;
  }

  /**
   * @throws IllegalArgumentException if it is not of an allowed form
   */
  public static MovePolicy parse(String text) {
    MovePolicy policy = new MovePolicy(text.equals(OFF));
    if (text.equals(AUTO) || text.equals(OFF)) {
      return policy;
    }
    for (String part : text.split("\\+", -1)) {
      if (!part.matches("[0-9]{1,5}:off")) {
        throw new IllegalArgumentException(part);
      }
      policy.stay.add(Integer.parseInt(part.substring(0, part.indexOf(':'))));
    }
    return policy;
  }

  static boolean accepts(String text) {
    try {
      parse(text);
      return true;
    } catch (IllegalArgumentException notOne) {
      return false;
    }
  }

  /** Not one, of whatever port. */
  public boolean movesNothing() {
    return none;
  }

  /**
   * @param port of the listener that has accepted them
   */
  public boolean moves(int port) {
    return !none && !stay.contains(port);
  }
}
