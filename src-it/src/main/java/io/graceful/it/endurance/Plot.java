package io.graceful.it.endurance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The columns over the generations, as a picture that any browser shows. */
final class Plot {
  private static final int WIDTH = 560;
  private static final int HEIGHT = 200;
  private static final int MARGIN = 40;
  private static final int BESIDE = 2;

  private Plot() {}

  static void write(List<Facts> series, Path file) throws IOException {
    int rows = (Column.ALL.size() + BESIDE - 1) / BESIDE;
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d'"
                + " font-family='sans-serif' font-size='12'>%n<rect width='100%%' height='100%%'"
                + " fill='white'/>%n",
            BESIDE * WIDTH, rows * HEIGHT));
    for (int i = 0; i < Column.ALL.size(); i++) {
      panel(Column.ALL.get(i), series, i % BESIDE * WIDTH, i / BESIDE * HEIGHT, svg);
    }
    Files.writeString(file, svg.append("</svg>\n"));
  }

  /** From zero, so that noise looks like noise. */
  private static void panel(
      Column column, List<Facts> series, int left, int top, StringBuilder svg) {
    double most = Math.max(1, series.stream().mapToDouble(column::of).max().orElse(1));
    int last = series.isEmpty() ? 1 : series.get(series.size() - 1).generation();
    int bottom = top + HEIGHT - MARGIN;
    int height = HEIGHT - 2 * MARGIN;
    int width = WIDTH - 2 * MARGIN;
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x='%d' y='%d'>%s: 0 to %.0f, generations 2 to %d</text>%n"
                + "<path d='M%d %dv%dh%d' fill='none' stroke='grey'/>%n",
            left + MARGIN,
            top + MARGIN - 10,
            column.name().replace("'", "&#39;"),
            most,
            last,
            left + MARGIN,
            top + MARGIN,
            height,
            width));
    for (Facts facts : series) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<circle cx='%.1f' cy='%.1f' r='1.5' fill='steelblue'/>%n",
              left + MARGIN + width * (double) facts.generation() / last,
              bottom - height * column.of(facts) / most));
    }
  }
}
