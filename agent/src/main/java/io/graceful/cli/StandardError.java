package io.graceful.cli;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a process and its successor write to their standard error. It can only be read if it goes to
 * a file; nobody is put in between, who would have to live as long as they do.
 */
final class StandardError {

  private static final int MOST_BYTES = 64 * 1024;
  private static final int MOST_LINES = 20;

  /** Null if it is none. */
  private final Path file;

  private final long begin;

  private StandardError(Path file, long begin) {
    this.file = file;
    this.begin = begin;
  }

  /** From now on. */
  static StandardError of(int pid) {
    try {
      Path file = Paths.get("/proc", String.valueOf(pid), "fd", "2").toRealPath();
      if (Files.isRegularFile(file)) {
        return new StandardError(file, Files.size(file));
      }
    } catch (IOException noFile) {
      // A pipe has a name that leads nowhere.
    }
    return new StandardError(null, 0);
  }

  /**
   * Shows the last lines that were written meanwhile.
   *
   * @param whose for the case that they can't be read
   */
  void show(String whose) {
    List<String> lines = lines(MOST_LINES);
    if (file == null) {
      Subcommand.complain("its stderr is no file: look where that of " + whose + " goes");
    } else if (!lines.isEmpty()) {
      Subcommand.complain("the last lines of its stderr, " + file + ":");
      lines.forEach(line -> System.err.println("  " + Words.printable(line)));
    }
  }

  private List<String> lines(int most) {
    if (file == null) {
      return new ArrayList<>();
    }
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
      long size = open.length();
      long from = Math.max(size < begin ? 0 : begin, size - MOST_BYTES); // Smaller: rotated.
      byte[] bytes = new byte[(int) (size - from)];
      open.seek(from);
      open.readFully(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      List<String> lines = Arrays.asList(text.split("\\R"));
      return text.isEmpty()
          ? new ArrayList<>()
          : lines.subList(Math.max(0, lines.size() - most), lines.size());
    } catch (IOException gone) {
      return new ArrayList<>();
    }
  }
}
