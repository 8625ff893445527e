package io.graceful.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkingDirectoryTest {

  private static final Path HERE = Path.of("").toAbsolutePath();

  @TempDir Path directory;

  @Test
  void is_the_one_that_the_shell_names() throws Exception {
    assertThat(WorkingDirectory.atStart(HERE.toString()).forSuccessor(""))
        .isEqualTo(HERE.toString());
  }

  @Test
  void a_link_that_was_switched_leads_to_the_new_release() throws Exception {
    Path current = Files.createSymbolicLink(directory.resolve("current"), HERE);
    WorkingDirectory atStart = WorkingDirectory.atStart(current.toString());
    Path release = Files.createDirectory(directory.resolve("release-42"));
    Files.delete(current);
    Files.createSymbolicLink(current, release);

    String successors = atStart.forSuccessor("");

    assertThat(successors).isEqualTo(current.toString());
    assertThat(Path.of(successors).toRealPath()).isEqualTo(release.toRealPath());
  }

  @Test
  void a_name_of_another_directory_is_not_believed() throws Exception {
    assertThat(WorkingDirectory.atStart(directory.toString()).forSuccessor("")).isNull();
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(strings = {".", "agent", "/no/such/directory", "/\0"})
  void a_name_that_leads_nowhere_is_not_believed(String pwd) throws Exception {
    assertThat(WorkingDirectory.atStart(pwd).forSuccessor("")).isNull();
  }

  @Test
  void a_directory_that_was_deleted_is_inherited() throws Exception {
    Path current = Files.createSymbolicLink(directory.resolve("current"), HERE);
    WorkingDirectory atStart = WorkingDirectory.atStart(current.toString());
    Files.delete(current);

    assertThat(atStart.forSuccessor("")).isNull();
  }

  @Test
  void the_option_goes_before_everything() throws Exception {
    assertThat(WorkingDirectory.atStart(HERE.toString()).forSuccessor(directory.toString()))
        .isEqualTo(directory.toString());
  }

  @Test
  void an_option_that_names_no_directory_is_an_error() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");

    assertThatThrownBy(() -> WorkingDirectory.atStart(null).forSuccessor(file.toString()))
        .isInstanceOf(IOException.class)
        .hasMessage("cwd=" + file + " is not a directory: create it or change the option");
  }
}
