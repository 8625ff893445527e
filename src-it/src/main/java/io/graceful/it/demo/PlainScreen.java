package io.graceful.it.demo;

import java.io.PrintStream;
import java.util.List;

/** For pipes and files: lines only. */
final class PlainScreen implements Screen {
  private final PrintStream out;

  PlainScreen(PrintStream out) {
    this.out = out;
  }

  @Override
  public void line(String text) {
    out.println(text);
  }

  @Override
  public void panel(List<String> lines) {
    // Its content comes as a line now and then.
  }

  @Override
  public void close() {
    out.flush();
  }
}
