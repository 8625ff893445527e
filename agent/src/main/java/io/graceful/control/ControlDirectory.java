package io.graceful.control;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where the agents of one user have their sockets: a directory that nobody else can enter, since
 * whoever can open a socket there may restart the application.
 */
public final class ControlDirectory {

  /** Not java.io.tmpdir: an application may have one of its own, and would not be found. */
  private static final Path TEMPORARY = Paths.get("/tmp");

  private static final int TYPE_BITS = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int PERMISSION_BITS = 0777;
  private static final int OURS_ALONE = 0700;

  private ControlDirectory() {}

  /**
   * Where a user's agents may be, the likeliest first: in the user's runtime directory, which a
   * service, a cron job or sudo may not know of, or in /tmp.
   *
   * @param runtimeDirectory XDG_RUNTIME_DIR (XDG Base Directory Specification), or null
   */
  public static List<Path> candidates(String runtimeDirectory, int user) {
    return candidates(runtimeDirectory, user, TEMPORARY);
  }

  static List<Path> candidates(String runtimeDirectory, int user, Path temporary) {
    List<Path> candidates = new ArrayList<>();
    if (runtimeDirectory != null && Paths.get(runtimeDirectory).isAbsolute()) {
      Path wanted = Paths.get(runtimeDirectory, "graceful");
      if (SocketName.fitsIn(wanted)) {
        candidates.add(wanted);
      }
    }
    Path usual = Paths.get("/run/user/" + user, "graceful"); // What systemd-logind makes.
    if (!candidates.contains(usual)) {
      candidates.add(usual);
    }
    candidates.add(temporary.resolve("graceful-" + user));
    return candidates;
  }

  /**
   * Makes the first of them that can be made, or takes it if it is there.
   *
   * @throws IOException if the last one can't be made, or one that is there is not this user's
   *     alone
   */
  public static Path prepare(List<Path> candidates, int user) throws IOException {
    for (Path candidate : candidates) {
      boolean isLast = candidate.equals(candidates.get(candidates.size() - 1));
      if (isLast || Files.isWritable(candidate.getParent())) {
        make(candidate);
        check(candidate, user);
        return candidate;
      }
    }
    throw new IllegalArgumentException("no candidates");
  }

  private static void make(Path directory) throws IOException {
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException asAlways) {
      // It will be checked.
    }
  }

  /**
   * @throws IOException if it is a link, or somebody else's, or others may enter it
   */
  public static void check(Path directory, int user) throws IOException {
    Map<String, Object> found =
        Files.readAttributes(directory, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
    int mode = (Integer) found.get("mode");
    int owner = (Integer) found.get("uid");
    if ((mode & TYPE_BITS) != DIRECTORY) {
      throw new IOException(directory + " is no directory: remove it");
    }
    if (owner != user) {
      throw new IOException(
          directory + " belongs to user " + owner + ", not " + user + ": remove it");
    }
    if ((mode & PERMISSION_BITS) != OURS_ALONE) {
      throw new IOException(
          String.format(
              "others may enter %s (mode %o): chmod 700 it", directory, mode & PERMISSION_BITS));
    }
  }
}
