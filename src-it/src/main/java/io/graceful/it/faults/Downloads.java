package io.graceful.it.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What the campaign has fetched from Maven Central; nothing at a build. */
final class Downloads {
  private static final String DIRECTORY = System.getProperty("graceful.it.downloads", "");

  private Downloads() {}

  /**
   * @param prefix of its file's name
   */
  static Optional<Path> find(String prefix) {
    if (DIRECTORY.isEmpty()) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(Path.of(DIRECTORY))) {
      return files.filter(file -> file.getFileName().toString().startsWith(prefix)).findFirst();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
