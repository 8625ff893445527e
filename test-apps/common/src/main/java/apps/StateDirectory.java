package apps;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardOpenOption;

/** The directory in which runs of the app leave a line each; without one nothing is kept. */
public final class StateDirectory {

  private static final int GLANCE_MILLIS = 10;

  private final Path directory;

  StateDirectory(String directory) {
    this.directory = directory == null ? null : Paths.get(directory);
  }

  /** Where a file of that name is, or would be. */
  public Path path(String file) {
    if (directory == null) {
      throw Options.refuse("state= is missing");
    }
    return directory.resolve(file);
  }

  /** Waits until somebody has made a file of that name. */
  public void await(String file) {
    while (!Files.exists(path(file))) {
      App.sleep(GLANCE_MILLIS);
    }
  }

  /**
   * Adds a line in one write, so that concurrent runs don't mix theirs.
   *
   * @return the number of lines then in the file
   */
  public long append(String file, String line) {
    if (directory == null) {
      return 1;
    }
    Path path = directory.resolve(file);
    try {
      Files.write(
          path,
          (line + "\n").getBytes(StandardCharsets.US_ASCII),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      return Files.readAllLines(path, StandardCharsets.US_ASCII).size();
    } catch (IOException e) {
      throw new UncheckedIOException("can't write " + path, e);
    }
  }
}
