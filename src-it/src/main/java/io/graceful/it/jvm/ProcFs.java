package io.graceful.it.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads proc(5). Processes come and go meanwhile, so whatever is missing is simply not there. */
final class ProcFs {
  private static final Path ROOT = Path.of("/proc");

  private ProcFs() {}

  static Path of(long pid) {
    return ROOT.resolve(Long.toString(pid));
  }

  static List<Long> pids() {
    List<Long> pids = new ArrayList<>();
    for (Path entry : list(ROOT)) {
      String name = entry.getFileName().toString();
      if (name.chars().allMatch(Character::isDigit)) {
        pids.add(Long.parseLong(name));
      }
    }
    return pids;
  }

  static Optional<Stat> stat(long pid) {
    // The name in parentheses may contain anything, also spaces and parentheses; field 3 follows
    // the last one.
    String line = read(of(pid).resolve("stat"));
    int end = line.lastIndexOf(')');
    if (end < 0) {
      return Optional.empty();
    }
    String[] fields = line.substring(end + 2).split(" ");
    return Optional.of(
        new Stat(fields[0].charAt(0), Long.parseLong(fields[1]), Long.parseLong(fields[19])));
  }

  /** Empty if there is nothing, or nobody, to read. */
  static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException gone) {
      return "";
    }
  }

  static List<Path> list(Path directory) {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    } catch (IOException | java.nio.file.DirectoryIteratorException gone) {
      // What was listed before it went away is good enough.
    }
    return entries;
  }

  static Optional<String> link(Path link) {
    try {
      return Optional.of(Files.readSymbolicLink(link).toString());
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  /**
   * @param state Z for a zombie
   * @param parent its pid
   * @param startTime in clock ticks since the machine booted
   */
  record Stat(char state, long parent, long startTime) {}
}
