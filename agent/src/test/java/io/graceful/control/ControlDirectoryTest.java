package io.graceful.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlDirectoryTest {

  @TempDir Path parent;
  private Path directory;
  private int user;

  @BeforeEach
  void name() throws IOException {
    directory = parent.resolve("graceful");
    user = (Integer) Files.getAttribute(parent, "unix:uid");
  }

  @Test
  void the_runtime_directory_comes_first_and_then_where_others_may_have_put_it() {
    assertThat(ControlDirectory.candidates("/run/mine", 7))
        .containsExactly(
            Path.of("/run/mine/graceful"),
            Path.of("/run/user/7/graceful"),
            Path.of("/tmp/graceful-7"));
    assertThat(ControlDirectory.candidates("/run/user/7", 7))
        .containsExactly(Path.of("/run/user/7/graceful"), Path.of("/tmp/graceful-7"));
    assertThat(ControlDirectory.candidates(null, 7))
        .containsExactly(Path.of("/run/user/7/graceful"), Path.of("/tmp/graceful-7"));
    assertThat(ControlDirectory.candidates("relative", 7)).hasSize(2);
    assertThat(ControlDirectory.candidates("/" + "x".repeat(90), 7))
        .as("too long for the path of a socket")
        .hasSize(2);
  }

  @Test
  void is_made_for_this_user_alone() throws IOException {
    assertThat(ControlDirectory.prepare(List.of(directory), user)).isEqualTo(directory);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
    assertThat(ControlDirectory.prepare(List.of(directory), user)).isEqualTo(directory);
  }

  @Test
  void is_made_in_the_first_place_that_there_is() throws IOException {
    Path nowhere = parent.resolve("nowhere/graceful");

    assertThat(ControlDirectory.prepare(List.of(nowhere, directory), user)).isEqualTo(directory);
  }

  @Test
  void a_link_is_refused_wherever_it_leads() throws IOException {
    Path elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
    Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwx------"));
    Files.createSymbolicLink(directory, elsewhere);

    assertRefused(user, directory + " is no directory: remove it");
  }

  @Test
  void a_file_is_refused() throws IOException {
    Files.createFile(directory);

    assertRefused(user, directory + " is no directory: remove it");
  }

  @Test
  void what_others_may_enter_is_refused() throws IOException {
    Files.createDirectory(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-x---"));

    assertRefused(user, "others may enter " + directory + " (mode 750): chmod 700 it");
  }

  @Test
  void what_belongs_to_somebody_else_is_refused() throws IOException {
    ControlDirectory.prepare(List.of(directory), user);

    assertRefused(
        user + 1, directory + " belongs to user " + user + ", not " + (user + 1) + ": remove it");
  }

  private void assertRefused(int by, String reason) {
    assertThatThrownBy(() -> ControlDirectory.prepare(List.of(directory), by))
        .isInstanceOf(IOException.class)
        .hasMessage(reason);
  }
}
