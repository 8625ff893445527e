package io.graceful.it.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JdkHomesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "1.8.0_442, 8",
    "11.0.26, 11",
    "17, 17",
    "17.0.15, 17",
    "25.0.1, 25",
    "28-ea, 28",
    "21+35, 21"
  })
  void feature_version_is_read_from_every_form_of_version(String version, int feature) {
    assertThat(Jdk.feature(version)).isEqualTo(feature);
  }

  @Test
  void home_that_a_variable_names_is_found() throws Exception {
    Path home = fakeJdk("seventeen", "17.0.15");
    fakeJdk("eight", "1.8.0_442");
    assertThat(JdkHomes.of(Map.of("JAVA_HOME", home.toString())).require(17).home())
        .isEqualTo(home);
    assertThat(JdkHomes.of(Map.of("JAVA_HOME_17_X64", home.toString())).require(17).home())
        .isEqualTo(home);
    assertThat(
            JdkHomes.of(Map.of("JDK_HOMES", directory.resolve("eight") + ":" + home))
                .require(17)
                .home())
        .isEqualTo(home);
  }

  @Test
  void oldest_one_that_is_new_enough_is_found() throws Exception {
    Path newest = fakeJdk("twenty-five", "25.0.1");
    Path seventeen = fakeJdk("seventeen", "17.0.15");
    Path eight = fakeJdk("eight", "1.8.0_442");
    JdkHomes homes = JdkHomes.of(Map.of("JDK_HOMES", newest + ":" + seventeen + ":" + eight));
    assertThat(homes.requireSince(16).home()).isEqualTo(seventeen);
    assertThatThrownBy(() -> homes.requireSince(26)).hasMessageContaining("no JDK 26");
  }

  @Test
  void missing_version_is_an_error_that_says_what_to_do() throws Exception {
    Path home = fakeJdk("seventeen", "17.0.15");
    assertThatThrownBy(() -> JdkHomes.of(Map.of("JDK_HOMES", home.toString())).require(99))
        .hasMessageContaining("no JDK 99")
        .hasMessageContaining("JDK_HOMES=")
        .hasMessageContaining("17 at " + home);
  }

  @Test
  void directory_without_a_java_is_no_jdk() throws Exception {
    Path home = fakeJdk("broken", "17.0.15");
    Files.delete(home.resolve("bin/java"));
    assertThat(Jdk.at(home)).isEmpty();
  }

  @Test
  void jdk_that_runs_the_tests_is_found() {
    assertThat(JdkHomes.ofThisMachine().require(Runtime.version().feature()).java()).isExecutable();
  }

  private Path fakeJdk(String name, String version) throws IOException {
    Path home = Files.createDirectories(directory.resolve(name));
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
    assertThat(Files.createFile(home.resolve("bin/java")).toFile().setExecutable(true)).isTrue();
    return home;
  }
}
