package io.graceful.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramPathTest {

  @TempDir Path directory;

  @Test
  void a_path_is_taken_as_it_was_given_even_through_a_link() throws Exception {
    program("jdk-17/java");
    Path link = Files.createSymbolicLink(directory.resolve("current"), directory.resolve("jdk-17"));

    assertThat(resolve(link + "/java", "PATH=/bin", null)).isEqualTo(link + "/java");
  }

  @Test
  void a_relative_path_counts_from_the_directory_of_the_new_process() throws Exception {
    program("bin/java");

    assertThat(resolve("bin/java", "PATH=", directory.toString())).isEqualTo("bin/java");
    assertThat(resolve("./bin/java", "PATH=", directory.toString())).isEqualTo("./bin/java");
    assertThatThrownBy(() -> resolve("bin/java", "PATH=", "/proc"))
        .isInstanceOf(IOException.class)
        .hasMessage("bin/java does not exist: put the Java program back");
  }

  @Test
  void a_path_that_is_gone_is_an_error_although_this_program_still_runs() {
    String gone = directory.resolve("java").toString();

    assertThatThrownBy(() -> resolve(gone, "PATH=/bin", null))
        .isInstanceOf(IOException.class)
        .hasMessage(gone + " does not exist: put the Java program back");
  }

  @Test
  void a_program_without_its_x_permission_is_an_error() throws Exception {
    Path file = Files.writeString(directory.resolve("java"), "");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    assertThatThrownBy(() -> resolve(file.toString(), "PATH=/bin", null))
        .isInstanceOf(IOException.class)
        .hasMessage(file + " is not executable: give it its x permission");
  }

  @Test
  void a_bare_name_is_the_first_program_in_the_path() throws Exception {
    Files.createDirectories(directory.resolve("a/tool"));
    Files.createDirectories(directory.resolve("b"));
    Files.writeString(directory.resolve("b/tool"), "not executable");
    program("c/tool");
    program("d/tool");
    String path = "PATH=/nowhere:%1$s/a:%1$s/b:%1$s/c:%1$s/d".formatted(directory);

    assertThat(resolve("tool", path, null)).isEqualTo(directory + "/c/tool");
  }

  @Test
  void an_empty_entry_of_the_path_is_the_directory_of_the_new_process() throws Exception {
    program("tool");

    assertThat(resolve("tool", "PATH=/nowhere::/bin", directory.toString()))
        .isEqualTo(directory + "/tool");
  }

  @Test
  void a_relative_entry_of_the_path_counts_from_the_directory_of_the_new_process()
      throws Exception {
    program("bin/tool");

    assertThat(resolve("tool", "PATH=bin", directory.toString()))
        .isEqualTo(directory + "/bin/tool");
  }

  @Test
  void without_a_path_the_usual_folders_are_searched() throws Exception {
    assertThat(resolve("sh", "HOME=/", null)).endsWith("/bin/sh");
  }

  @Test
  void a_name_that_is_nowhere_is_the_program_that_runs_here() throws Exception {
    assertThat(resolve("no-such-program", "PATH=/bin", null))
        .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/exe")).toString());
  }

  private void program(String name) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static String resolve(String program, String variable, String directory)
      throws Exception {
    LaunchCommand command = Commands.of(Commands.bytes(program), Commands.bytes(variable));
    return ProgramPath.resolve(command, directory);
  }
}
