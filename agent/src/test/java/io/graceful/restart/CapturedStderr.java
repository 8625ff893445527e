package io.graceful.restart;

import static io.graceful.os.NativeLibc.LIBC;

import io.graceful.os.Await;
import io.graceful.os.ErrnoException;
import io.graceful.os.JavaBase;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What goes to descriptor 2 of this JVM, until it is closed. */
final class CapturedStderr implements AutoCloseable {

  private final Path file;
  private final int before;

  CapturedStderr(Path file) throws Exception {
    this.file = file;
    before = LIBC.duplicate(2);
    try (FileOutputStream out = new FileOutputStream(file.toFile(), true)) {
      LIBC.replace(2, JavaBase.field(FileDescriptor.class, "fd").getInt(out.getFD()));
    }
  }

  void await(String line) throws Exception {
    try {
      Await.until(line, () -> Files.readAllLines(file).contains(line));
    } catch (AssertionError late) {
      throw new AssertionError(late.getMessage() + "; but:\n" + Files.readString(file));
    }
  }

  @Override
  public void close() throws ErrnoException {
    LIBC.replace(2, before);
    LIBC.close(before);
  }
}
