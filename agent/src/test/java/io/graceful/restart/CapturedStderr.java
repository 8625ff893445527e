package io.graceful.restart;

import static io.graceful.os.NativeLibc.LIBC;

import io.graceful.os.Await;
import io.graceful.os.ErrnoException;
import io.graceful.os.JavaBase;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/** What goes to descriptor 2 of this JVM, until it is closed. */
public final class CapturedStderr implements AutoCloseable {

  private final Path file;
  private final int before;

  public CapturedStderr(Path file) throws Exception {
    this.file = file;
    before = LIBC.duplicate(2);
    try (FileOutputStream out = new FileOutputStream(file.toFile(), true)) {
      LIBC.replace(2, JavaBase.field(FileDescriptor.class, "fd").getInt(out.getFD()));
    }
  }

  void await(String line) throws Exception {
    await(line, line::equals);
  }

  void awaitBeginning(String beginning) throws Exception {
    await(beginning, line -> line.startsWith(beginning));
  }

  private void await(String what, Predicate<String> isIt) throws Exception {
    try {
      Await.until(what, () -> Files.readAllLines(file).stream().anyMatch(isIt));
    } catch (AssertionError late) {
      throw new AssertionError(late.getMessage() + "; but:\n" + Files.readString(file));
    }
  }

  public List<String> lines() throws IOException {
    return Files.readAllLines(file);
  }

  @Override
  public void close() throws ErrnoException {
    LIBC.replace(2, before);
    LIBC.close(before);
  }
}
