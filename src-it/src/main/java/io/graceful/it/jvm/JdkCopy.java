package io.graceful.it.jvm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/** A JDK whose bin/java is its own, so that it can be broken; all else is the original's. */
public final class JdkCopy {
  private final Jdk jdk;
  private final Path original;

  private JdkCopy(Jdk jdk, Path original) {
    this.jdk = jdk;
    this.original = original;
  }

  /**
   * @param home where it will be
   */
  public static JdkCopy of(Jdk original, Path home) throws IOException {
    Files.createDirectories(home.resolve("bin"));
    Path program = original.java().toRealPath();
    Path real = program.getParent().getParent();
    try (Stream<Path> parts = Files.list(real)) {
      for (Path part : parts.filter(path -> !path.endsWith("bin")).toList()) {
        Files.createSymbolicLink(home.resolve(part.getFileName()), part);
      }
    }
    if (!Files.exists(home.resolve("release"))) {
      Files.copy(original.home().resolve("release"), home.resolve("release"));
    }
    JdkCopy copy = new JdkCopy(original.movedTo(home), program);
    copy.restore();
    return copy;
  }

  public Jdk jdk() {
    return jdk;
  }

  /** Its program becomes a shell script. */
  public void replaceBy(String script) {
    replaceBy(("#!/bin/sh\n" + script + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** Its program becomes a file with this content, at once, as deployments do it. */
  public void replaceBy(byte[] content) {
    try {
      Path next = jdk.java().resolveSibling("java.next");
      Files.write(next, content);
      install(next);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void delete() {
    try {
      Files.delete(jdk.java());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param permissions of its program, such as rw-r--r--
   */
  public void setPermissions(String permissions) {
    try {
      Files.setPosixFilePermissions(jdk.java(), PosixFilePermissions.fromString(permissions));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As it was at first. */
  public void restore() {
    try {
      Path next = jdk.java().resolveSibling("java.next");
      Files.copy(original, next, StandardCopyOption.REPLACE_EXISTING);
      install(next);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void install(Path next) throws IOException {
    Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.move(next, jdk.java(), StandardCopyOption.ATOMIC_MOVE);
  }
}
