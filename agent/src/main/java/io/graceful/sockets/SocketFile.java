package io.graceful.sockets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Objects;

/**
 * The file of a UNIX socket, by whichever path it is named: {@code /var/run} often is a link to
 * {@code /run}.
 */
public final class SocketFile {

  private final Path path;

  /**
   * @param path as it was bound
   */
  public SocketFile(String path) {
    this.path = whole(path);
  }

  private static Path whole(String path) {
    return Paths.get(path).toAbsolutePath().normalize();
  }

  /** Whether another path leads to it. What only has its name somewhere else costs a look. */
  public boolean isAt(String other) {
    Path asked = whole(other);
    return asked.equals(path)
        || Objects.equals(asked.getFileName(), path.getFileName()) && isInSameDirectory(asked);
  }

  private boolean isInSameDirectory(Path asked) {
    try {
      return Files.isSameFile(asked.getParent(), path.getParent());
    } catch (IOException missing) {
      return false;
    }
  }
}
