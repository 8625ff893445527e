package io.graceful.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerCommandTest {

  private static final File JAR = new File("/opt/graceful.jar");

  @TempDir Path directory;

  @Test
  void gets_the_agent_in_front_of_all_options() throws Exception {
    assertThat(words(List.of("/jdk/bin/java", "-jar", "app.jar"), "", Map.of()))
        .containsExactly("/jdk/bin/java", "-javaagent:/opt/graceful.jar", "-jar", "app.jar");
    assertThat(words(List.of("java", "App"), "soak=1s", Map.of()))
        .containsExactly("java", "-javaagent:/opt/graceful.jar=soak=1s", "App");
  }

  @Test
  void what_has_the_agent_already_stays_as_it_is() throws Exception {
    Path jar = agent("io.graceful.GracefulAgent");
    List<String> with = List.of("java", "-javaagent:" + jar + "=soak=1s", "-jar", "app.jar");
    List<String> script = List.of("/opt/server/bin/start");

    assertThat(words(with, "", Map.of())).isEqualTo(with);
    assertThat(words(script, "", Map.of("JAVA_TOOL_OPTIONS", "-Xmx1g -javaagent:" + jar)))
        .isEqualTo(script);
  }

  @Test
  void the_agent_in_an_argument_file_is_seen() throws Exception {
    Path file = directory.resolve("legacy.args");
    String agent = "-javaagent:" + agent("io.graceful.GracefulAgent") + "=restart.signal=HUP";
    Files.writeString(file, "-Xmx1g # heap\n\"" + agent + "\" -cp app.jar");
    List<String> with = List.of("java", "@" + file, "App");

    ServerCommand command = new ServerCommand(with, JAR, "", Map.of());

    assertThat(command.words()).isEqualTo(with);
    assertThat(command.agentOptions()).isEqualTo("restart.signal=HUP");
    assertThat(words(List.of("java", "App"), "", Map.of("JDK_JAVA_OPTIONS", "-ea @" + file)))
        .containsExactly("java", "App");
    assertThat(words(List.of("env", "A=b", "java", "@" + file, "App"), "", Map.of())).hasSize(5);
  }

  @Test
  void what_the_application_gets_is_no_option_of_the_jvm() throws Exception {
    Path file = directory.resolve("app.args");
    String agent = "-javaagent:" + agent("io.graceful.GracefulAgent");
    Files.writeString(file, agent);

    assertThat(words(List.of("java", "-cp", "x", "App", "@" + file), "", Map.of())).hasSize(6);
    assertThat(words(List.of("java", "-jar", "app.jar", agent), "", Map.of())).hasSize(5);
    assertThat(words(List.of("java", "@@" + file, "App"), "", Map.of())).hasSize(4);
    assertThat(words(List.of("java", "--disable-@files", "@" + file), "", Map.of())).hasSize(4);
    assertThat(words(List.of("java", "@/no/such.args", "App"), "", Map.of())).hasSize(4);
  }

  @Test
  void another_agent_is_none() throws Exception {
    String other = "-javaagent:" + agent("org.jacoco.agent.rt.internal.PreMain");

    assertThat(words(List.of("java", other, "-javaagent:/no/such.jar", "App"), "", Map.of()))
        .containsExactly(
            "java", "-javaagent:/opt/graceful.jar", other, "-javaagent:/no/such.jar", "App");
  }

  @Test
  void what_is_not_java_can_not_get_it() {
    assertThatThrownBy(() -> words(List.of("/opt/server/bin/start"), "", Map.of()))
        .hasMessage(
            "start is not java, so the agent can't be added:"
                + " put -javaagent:/opt/graceful.jar into it, or into JAVA_TOOL_OPTIONS");
  }

  private static List<String> words(
      List<String> command, String options, Map<String, String> environment) throws Exception {
    return new ServerCommand(command, JAR, options, environment).words();
  }

  private Path agent(String premainClass) throws Exception {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", premainClass);
    Path jar = directory.resolve(premainClass + ".jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      out.finish();
    }
    return jar;
  }
}
