package io.graceful.os;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The C library of the test's own JVM, loaded once. */
public final class NativeLibc {

  public static final Libc LIBC = load();

  private NativeLibc() {}

  private static Libc load() {
    try {
      return Libc.load(new File("target"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
