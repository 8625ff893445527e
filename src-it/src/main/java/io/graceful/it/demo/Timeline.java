package io.graceful.it.demo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Two rows for each process: bars of the requests that it answered, and marks below them. */
final class Timeline {
  static final int TICK_MILLIS = 100;

  private static final String BARS = "▁▂▃▄▅▆▇█";
  private static final char STARTING = '·';
  private static final char NOTHING_TO_ANSWER = '─';
  private static final int LABEL = 14;
  private static final int STATE = 10;

  private final Map<Long, Generation> generations = new LinkedHashMap<>();
  private final Style style;
  private final int width;
  private int ticksPerColumn;
  private int now;

  /**
   * @param columns of the terminal
   * @param expectedMillis what should fit in; if it takes longer, columns stand for more time
   */
  Timeline(Style style, int columns, int expectedMillis) {
    this.style = style;
    this.width = columns - LABEL - STATE - 1;
    this.ticksPerColumn =
        Math.max(1, (int) Math.ceil(expectedMillis / TICK_MILLIS / (double) width));
  }

  void advanceTo(long millis, Map<Long, Long> answeredByPid) {
    now = (int) (millis / TICK_MILLIS);
    answeredByPid.forEach((pid, total) -> generation(pid).answered(now, total));
    while (now / ticksPerColumn >= width) {
      ticksPerColumn++;
    }
  }

  /** A process is there from its first mention on. */
  Generation generation(long pid) {
    return generations.computeIfAbsent(pid, unknown -> new Generation(pid, now));
  }

  void mark(long pid, Mark mark) {
    generation(pid).mark(mark, now);
  }

  /** The pids that have answered in the last second. */
  List<Long> answering() {
    return generations.values().stream()
        .filter(one -> one.answeredBetween(now - 1000 / TICK_MILLIS, now + 1) > 0)
        .map(one -> one.pid)
        .toList();
  }

  List<String> rows() {
    List<String> rows = new ArrayList<>();
    long fullBar = fullBar();
    int number = 0;
    for (Generation generation : generations.values()) {
      String bars = style.generation(number, padded(bars(generation, fullBar), width));
      String state = generation.state();
      rows.add(
          style.generation(number, padded("  pid " + generation.pid, LABEL))
              + bars
              + " "
              + (state.equals("serving") ? style.bold(state) : style.dim(state)));
      rows.add(" ".repeat(LABEL) + style.bold(marks(generation)));
      number++;
    }
    return rows;
  }

  String legend() {
    return Stream.of(Mark.values())
            .map(mark -> mark.letter + " " + mark.meaning)
            .collect(Collectors.joining("   "))
        + String.format(
            Locale.ROOT, "   one column: %.1f s", ticksPerColumn * TICK_MILLIS / 1000.0);
  }

  private String bars(Generation generation, long fullBar) {
    StringBuilder bars = new StringBuilder();
    for (int column = 0; column <= now / ticksPerColumn; column++) {
      int from = column * ticksPerColumn;
      int to = from + ticksPerColumn;
      long answered = generation.answeredBetween(from, to);
      if (answered > 0) {
        int level = (int) Math.min(BARS.length() - 1, answered * BARS.length() / (fullBar + 1));
        bars.append(BARS.charAt(level));
      } else if (!generation.isAliveBetween(from, to)) {
        bars.append(' ');
      } else {
        bars.append(generation.answeredBetween(0, to) > 0 ? NOTHING_TO_ANSWER : STARTING);
      }
    }
    return bars.toString();
  }

  private long fullBar() {
    long most = 1;
    for (int from = 0; from <= now; from += ticksPerColumn) {
      long sum = 0;
      for (Generation generation : generations.values()) {
        sum += generation.answeredBetween(from, from + ticksPerColumn);
      }
      most = Math.max(most, sum);
    }
    return most;
  }

  /** Marks of the same column stand side by side. */
  private String marks(Generation generation) {
    char[] row = new char[width + STATE];
    Arrays.fill(row, ' ');
    generation
        .marks()
        .forEach(
            (mark, tick) -> {
              int column = tick / ticksPerColumn;
              while (row[column] != ' ' && column < row.length - 1) {
                column++;
              }
              row[column] = mark.letter;
            });
    return new String(row).stripTrailing();
  }

  private static String padded(String text, int width) {
    return text.length() >= width
        ? text.substring(0, width)
        : text + " ".repeat(width - text.length());
  }
}
