package io.graceful.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** A file that tells the pid of one of several processes, which write it in turns. */
public final class PidFile {

  private static final int LONGEST = 64;

  private static final FileAttribute<?> READABLE_TO_ALL =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));

  private final Path path;
  private final int pid;

  /**
   * @param pid of this process
   */
  public PidFile(Path path, int pid) {
    this.path = path.toAbsolutePath();
    this.pid = pid;
  }

  /** In place of what was there: who reads it sees the one or the other, never a part. */
  public void write() throws IOException {
    Path next = path.resolveSibling(path.getFileName() + "." + pid + ".new");
    Files.deleteIfExists(next);
    Files.createFile(next, READABLE_TO_ALL); // Whatever the umask: who can write it, misleads.
    try {
      Files.write(next, (pid + "\n").getBytes(StandardCharsets.US_ASCII));
      Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException refused) {
      Files.deleteIfExists(next);
      throw refused;
    }
  }

  /** Removes it if it still tells the pid of this process. */
  public void removeOwn() throws IOException {
    if (Files.isRegularFile(path)
        && Files.size(path) <= LONGEST
        && new String(Files.readAllBytes(path), StandardCharsets.US_ASCII).equals(pid + "\n")) {
      Files.deleteIfExists(path);
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
