package io.graceful.it.faults;

import io.graceful.it.jvm.Check;
import io.graceful.it.jvm.ProcessId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the agents of all generations have to tell the operator, one line for each thing that
 * happens. A line that is missing falls short, and so does one too many.
 */
final class Told {
  private static final Pattern LINE = Pattern.compile("graceful\\[(\\d+)]: (.*)");

  private static final String ANYBODY = "\\d+";
  private static final int ANY_NUMBER = Integer.MAX_VALUE;

  private final List<Expectation> expectations = new ArrayList<>();

  /** A restart that succeeds, from beginning to end. */
  void restarted(ProcessId old, ProcessId next) {
    handedOver(old, next);
    drained(old);
  }

  /** A restart whose old process does not get to its end. */
  void handedOver(ProcessId old, ProcessId next) {
    started(old, next);
    serves(old, next);
    once(old, "handed over to pid " + next.pid() + " after \\d+ ms; draining");
  }

  void started(ProcessId old, ProcessId next) {
    once(old, "restart: started pid " + next.pid());
  }

  void serves(ProcessId old, ProcessId next) {
    once(
        next,
        "generation \\d+ serves on \\[.+], taken over from pid " + old.pid() + " after \\d+ ms");
  }

  void drained(ProcessId old) {
    once(old, "drained in \\d+ ms.*; exiting");
  }

  /** A restart that fails, for which the new process may have its own word. */
  void failed(ProcessId old, String reason) {
    once(old, "restart failed: .*" + Pattern.quote(reason) + ".*");
    atMost(1, old, "restart: started pid \\d+");
    atMost(1, old, "restart taken back: .*");
    // Of a new process that was told to go.
    atMost(1, old, "pid \\d+ (exited with|was killed by) .*");
    expectations.add(new Expectation(ANYBODY, "can't take over: .*; exiting with 70", 0, 1));
  }

  /**
   * @param text a regular expression
   */
  void once(ProcessId who, String text) {
    expectations.add(new Expectation(String.valueOf(who.pid()), text, 1, 1));
  }

  void atMost(int times, ProcessId who, String text) {
    expectations.add(new Expectation(String.valueOf(who.pid()), text, 0, times));
  }

  /** By whomever, as often as they like. */
  void whenever(String text) {
    expectations.add(new Expectation(ANYBODY, text, 0, ANY_NUMBER));
  }

  /**
   * @param lines of the agents, and others, which don't count
   */
  void judge(List<String> lines) {
    int[] seen = new int[expectations.size()];
    for (String line : lines) {
      Matcher ours = LINE.matcher(line);
      if (ours.matches()) {
        Check.that(take(ours.group(1), ours.group(2), seen), "one line too many: %s", line);
      }
    }
    for (int i = 0; i < seen.length; i++) {
      Expectation expected = expectations.get(i);
      Check.that(seen[i] >= expected.least, "no such line: %s; but: %s", expected, lines);
    }
  }

  /** What has to be said comes before what may be. */
  private boolean take(String pid, String text, int[] seen) {
    return take(pid, text, seen, Expectation::least) || take(pid, text, seen, Expectation::most);
  }

  private boolean take(String pid, String text, int[] seen, ToIntFunction<Expectation> wanted) {
    for (int i = 0; i < seen.length; i++) {
      Expectation expected = expectations.get(i);
      if (seen[i] < wanted.applyAsInt(expected)
          && pid.matches(expected.pid)
          && text.matches(expected.text)) {
        seen[i]++;
        return true;
      }
    }
    return false;
  }

  private record Expectation(String pid, String text, int least, int most) {
    @Override
    public String toString() {
      return "graceful[" + pid + "]: " + text;
    }
  }
}
