package io.graceful.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {

  @TempDir Path directory;

  @Test
  void nobody_else_can_write_what_is_about_to_be_loaded() throws Exception {
    Path copy = directory.resolve("library.so");

    NativeLibrary.create(copy.toFile());

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
        .isEqualTo("rw-------");
  }

  @Test
  void what_somebody_has_put_there_is_not_loaded() throws Exception {
    Path elsewhere = Files.createFile(directory.resolve("elsewhere"));
    Path copy = Files.createSymbolicLink(directory.resolve("library.so"), elsewhere);

    assertThatThrownBy(() -> NativeLibrary.create(copy.toFile())).isInstanceOf(IOException.class);
  }
}
