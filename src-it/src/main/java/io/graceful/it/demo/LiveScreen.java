package io.graceful.it.demo;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** For terminals: the panel is drawn over itself, and lines push it down. */
final class LiveScreen implements Screen {
  private static final String HIDE_CURSOR = "\033[?25l";
  private static final String SHOW_CURSOR = "\033[?25h";
  private static final String ERASE_LINE_REST = "\033[K";
  private static final String ERASE_BELOW = "\033[J";

  private final PrintStream out;
  private final int columns;
  private List<String> panel = List.of();
  private boolean closed;

  LiveScreen(PrintStream out, int columns) {
    this.out = out;
    this.columns = columns;
    write(HIDE_CURSOR);
  }

  @Override
  public synchronized void line(String text) {
    write(closed ? text + "\n" : toPanelTop() + ERASE_BELOW + wrapped(text) + drawn(panel));
  }

  @Override
  public synchronized void panel(List<String> lines) {
    if (!closed) {
      String top = toPanelTop();
      panel = List.copyOf(lines);
      write(top + drawn(panel) + ERASE_BELOW);
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      write(SHOW_CURSOR);
    }
  }

  private String toPanelTop() {
    return panel.isEmpty() ? "" : "\033[" + panel.size() + "F";
  }

  private static String drawn(List<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append(ERASE_LINE_REST).append('\n'));
    return text.toString();
  }

  /** Breaks a long line between words, and indents what follows. */
  private String wrapped(String text) {
    StringBuilder lines = new StringBuilder();
    String rest = text;
    while (rest.length() >= columns) {
      int space = rest.lastIndexOf(' ', columns - 1);
      int end = space > columns / 2 ? space : columns - 1;
      lines.append(rest, 0, end).append('\n');
      rest = " ".repeat(Lines.INDENT + 2) + rest.substring(end).stripLeading();
    }
    return lines.append(rest).append('\n').toString();
  }

  /** In one piece, so that no half-drawn panel is seen. */
  private void write(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write(bytes, 0, bytes.length);
    out.flush();
  }
}
