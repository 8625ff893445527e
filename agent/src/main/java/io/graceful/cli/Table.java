package io.graceful.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Rows of text, in columns that are as wide as their widest text. */
final class Table {

  private static final String GAP = "  ";

  private final List<String[]> rows = new ArrayList<>();
  private final boolean hasHeadings;
  private int paintedColumn = -1;
  private Function<String, Colour> painter;

  /**
   * @param headings none for a table without them
   */
  Table(String... headings) {
    hasHeadings = headings.length > 0;
    if (hasHeadings) {
      rows.add(headings);
    }
  }

  /** One column is in colours, if this goes to a terminal. */
  void paint(int column, Function<String, Colour> colourOf) {
    paintedColumn = column;
    painter = colourOf;
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
      boolean isHeading = hasHeadings && lines.isEmpty();
      String line = line(row, widths, !isHeading);
      lines.add(isHeading ? Colour.BOLD.of(line) : line);
    }
    return String.join(System.lineSeparator(), lines);
  }

  private String line(String[] row, int[] widths, boolean inColours) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.length; i++) {
      String cell = inColours && i == paintedColumn ? painter.apply(row[i]).of(row[i]) : row[i];
      char[] blanks = new char[widths[i] - row[i].length()];
      Arrays.fill(blanks, ' ');
      line.append(i == 0 ? "" : GAP).append(cell).append(blanks);
    }
    return line.toString().replaceAll(" +$", "");
  }
}
