package io.graceful.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgramNameTest {

  @ParameterizedTest
  @CsvSource({
    "legacy.jar, legacy.jar",
    "legacy.jar port=8080, legacy.jar",
    "/opt/app/legacy.jar --port 8080, /opt/app/legacy.jar",
    "/opt/my app/legacy.jar --port 8080, /opt/my app/legacy.jar",
    "/opt/my app/legacy.jar, /opt/my app/legacy.jar",
    "com.example.Main, com.example.Main",
    "com.example.Main /opt/plugin.jar x, com.example.Main",
    "com.example.Main plugin.jar, com.example.Main",
    "app.module/com.example.Main x, app.module/com.example.Main"
  })
  void is_the_jar_or_main_class(String command, String name) {
    assertThat(new ProgramName(command)).hasToString(name);
  }

  @Test
  void is_empty_if_the_jvm_does_not_tell() {
    assertThat(new ProgramName(null)).hasToString("");
  }
}
