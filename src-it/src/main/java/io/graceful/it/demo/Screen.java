package io.graceful.it.demo;

import java.util.List;

/** Where the demo is watched: lines that stay, and below them a panel that changes. */
interface Screen extends AutoCloseable {
  void line(String text);

  void panel(List<String> lines);

  /** Leaves the last panel where it is; lines go below it from now on. */
  @Override
  void close();
}
