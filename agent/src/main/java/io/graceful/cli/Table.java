package io.graceful.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of text, in columns that are as wide as their widest text. */
final class Table {

  private static final String GAP = "  ";

  private final List<String[]> rows = new ArrayList<>();

  /**
   * @param headings none for a table without them
   */
  Table(String... headings) {
    if (headings.length > 0) {
      rows.add(headings);
    }
  }

  void row(String... texts) {
    rows.add(Arrays.stream(texts).map(Words::printable).toArray(String[]::new));
  }

  /** Without a line break at its end. */
  @Override
  public String toString() {
    int[] widths = new int[rows.get(0).length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (String[] row : rows) {
      lines.add(line(row, widths));
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static String line(String[] row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.length; i++) {
      char[] blanks = new char[widths[i] - row[i].length()];
      Arrays.fill(blanks, ' ');
      line.append(i == 0 ? "" : GAP).append(row[i]).append(blanks);
    }
    return line.toString().replaceAll(" +$", "");
  }
}
