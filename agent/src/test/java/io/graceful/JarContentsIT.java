package io.graceful;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The jar as it is shipped. */
class JarContentsIT {

  private static final String PATH = System.getProperty("graceful.jar");
  private static final int JAVA_8 = 52;

  private static final String ALLOWED =
      String.join(
          "|",
          "META-INF/MANIFEST\\.MF",
          "META-INF/LICENSE",
          "META-INF/NOTICE",
          "META-INF/licenses/[A-Za-z0-9.-]+\\.txt",
          "io/graceful/GracefulAgent\\.class",
          "inst/io/graceful/[a-z]+/[A-Za-z0-9$]+\\.class",
          "inst/com/kenai/jffi/([a-z]+/)?[A-Za-z0-9_$]+\\.class",
          "inst/com/google/gson/[A-Za-z]+\\.class",
          "inst/com/google/gson/(stream|internal)/[A-Za-z0-9$]+\\.class",
          "inst/picocli/CommandLine[A-Za-z0-9_$]*\\.class",
          "inst/net/bytebuddy/agent/(Attacher|ByteBuddyAgent[A-Za-z0-9$]*)\\.class",
          "inst/net/bytebuddy/jar/asm/([a-z]+/)?[A-Za-z0-9$]+\\.class",
          "inst/jni/(x86_64|aarch64)-Linux/libjffi-1\\.2\\.so");

  private static JarFile jar;

  @BeforeAll
  static void open() throws IOException {
    jar = new JarFile(PATH);
  }

  @AfterAll
  static void close() throws IOException {
    jar.close();
  }

  @Test
  void holds_nothing_but_what_is_on_the_list() {
    assertThat(files()).hasSizeGreaterThan(100).allMatch(name -> name.matches(ALLOWED));
  }

  @Test
  void shows_the_application_one_class() {
    assertThat(files())
        .filteredOn(name -> name.endsWith(".class") && !name.startsWith("inst/"))
        .containsExactly("io/graceful/GracefulAgent.class");
  }

  @ParameterizedTest
  @MethodSource("classes")
  void runs_on_java_8(String name) throws IOException {
    try (DataInputStream in = new DataInputStream(jar.getInputStream(jar.getEntry(name)))) {
      assertThat(in.readInt()).isEqualTo(0xCAFEBABE);
      in.readUnsignedShort();
      assertThat(in.readUnsignedShort()).isLessThanOrEqualTo(JAVA_8);
    }
  }

  static Stream<String> classes() throws IOException {
    try (JarFile file = new JarFile(PATH)) {
      return file.stream()
          .map(JarEntry::getName)
          .filter(name -> name.endsWith(".class"))
          .collect(Collectors.toList())
          .stream();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "inst/io/graceful/agent/Installer.class",
        "inst/io/graceful/hooks/Bridge.class",
        "inst/com/kenai/jffi/Invoker.class",
        "inst/com/google/gson/stream/JsonReader.class",
        "inst/picocli/CommandLine.class",
        "inst/net/bytebuddy/jar/asm/ClassReader.class",
        "inst/jni/x86_64-Linux/libjffi-1.2.so",
        "inst/jni/aarch64-Linux/libjffi-1.2.so",
      })
  void holds_what_a_start_needs(String name) {
    assertThat(files()).contains(name);
  }

  @ParameterizedTest
  @CsvSource({
    "Main-Class, io.graceful.GracefulAgent",
    "Premain-Class, io.graceful.GracefulAgent",
    "Agent-Class, io.graceful.GracefulAgent",
    "Can-Retransform-Classes, true",
    "Implementation-Title, Graceful",
  })
  void says_in_its_manifest(String name, String value) throws IOException {
    assertThat(manifest().getValue(name)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Boot-Class-Path", "Class-Path", "Launcher-Agent-Class"})
  void does_not_say_in_its_manifest(String name) throws IOException {
    assertThat(manifest().getValue(name)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "META-INF/LICENSE, Apache License",
    "META-INF/NOTICE, Byte Buddy",
    "META-INF/NOTICE, jffi",
    "META-INF/NOTICE, ASM",
    "META-INF/NOTICE, libffi",
    "META-INF/NOTICE, Gson",
    "META-INF/NOTICE, picocli",
    "META-INF/licenses/Apache-2.0.txt, END OF TERMS AND CONDITIONS",
    "META-INF/licenses/ASM-BSD-3-Clause.txt, 'Copyright (c) 2000-2011 INRIA, France Telecom'",
    "META-INF/licenses/ASM-BSD-3-Clause.txt, Neither the name of the copyright holders",
    "META-INF/licenses/libffi-MIT.txt, Permission is hereby granted",
  })
  void holds_the_licences_of_what_it_holds(String name, String words) throws IOException {
    assertThat(text(name)).contains(words);
  }

  @Test
  void its_notice_names_only_licences_that_are_there() throws IOException {
    List<String> named =
        Pattern.compile("META-INF/[A-Za-z0-9./-]*[A-Za-z0-9]")
            .matcher(text("META-INF/NOTICE"))
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toList());

    assertThat(named).hasSizeGreaterThan(3);
    assertThat(files()).containsAll(named);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "help"})
  void prints_its_usage(String word) throws Exception {
    Run run = run(word);

    assertThat(run.status).isZero();
    assertThat(run.output)
        .startsWith("Restarts an unmodified Java server")
        .contains("  restart.signal (default USR2)\n");
    assertThat(run.errors).isEmpty();
  }

  @Test
  void prints_its_usage_when_it_is_told_nothing() throws Exception {
    assertThat(run().output).isEqualTo(run("--help").output);
  }

  @Test
  void prints_its_version() throws Exception {
    assertThat(run("--version").output)
        .isEqualTo("graceful " + manifest().getValue("Implementation-Version") + "\n");
  }

  @ParameterizedTest
  @CsvSource({
    "reboot now, unknown command 'reboot'; see java -jar graceful.jar --help",
    "--foo, unknown command '--foo'; see java -jar graceful.jar --help",
    "restart, Missing required parameter: 'PID'; see java -jar graceful.jar restart --help",
    "restart 1 --foo, Unknown option: '--foo'; see java -jar graceful.jar restart --help",
    "restart 1 2, Unmatched argument at index 2: '2'; see java -jar graceful.jar restart --help"
  })
  void refuses_wrong_use_in_one_line(String arguments, String complaint) throws Exception {
    Run run = run(arguments.split(" "));

    assertThat(run.errors).isEqualTo("graceful: " + complaint + "\n");
    assertThat(run.output).isEmpty();
    assertThat(run.status).isEqualTo(2);
  }

  @Test
  void refuses_a_timeout_that_is_none() throws Exception {
    Run run = run("restart", "1", "--timeout", "3x");

    assertThat(run.errors).startsWith("graceful: --timeout is '3x', allowed is a time such as ");
    assertThat(run.errors.lines()).hasSize(1);
    assertThat(run.status).isEqualTo(2);
  }

  @Test
  void runs_nothing_that_can_not_get_the_agent() throws Exception {
    Run run = run("run", "--", "true");

    assertThat(run.errors).startsWith("graceful: true is not java, so the agent can't be added: ");
    assertThat(run.errors.lines()).hasSize(1);
    assertThat(run.status).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "/no/such/java, /no/such/java is not there or not executable",
    "no-such-directory/java, no-such-directory/java is not there or not executable",
  })
  void says_what_can_not_be_started(String program, String why) throws Exception {
    Run run = run("run", "--", program, "-version");

    assertThat(run.errors).isEqualTo("graceful: can't start the server: " + why + "\n");
    assertThat(run.status).isEqualTo(1);
  }

  @Test
  void ends_as_a_server_does_that_ends_by_itself() throws Exception {
    Run wrong = run("run", "--", "java", "NoSuchClass");
    assertThat(wrong.errors).contains("NoSuchClass");
    assertThat(wrong.status).isEqualTo(1);

    Run version = run("run", "--options", "log.level=error", "--", "java", "-version");
    assertThat(version.status).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "list",
        "status",
        "run",
        "attach",
        "restart",
        "takeover",
        "commit",
        "abort",
        "drain",
        "resume",
        "stop"
      })
  void explains_each_command_with_an_example(String command) throws Exception {
    Run run = run(command, "--help");

    assertThat(run.output)
        .contains("\n  java -jar graceful.jar " + command)
        .doesNotContain("\u001b");
    assertThat(run.errors).isEmpty();
    assertThat(run.status).isZero();
    assertThat(run("help", command).output).isEqualTo(run.output);
  }

  private static List<String> files() {
    return jar.stream()
        .filter(entry -> !entry.isDirectory())
        .map(JarEntry::getName)
        .collect(Collectors.toList());
  }

  private static Attributes manifest() throws IOException {
    return jar.getManifest().getMainAttributes();
  }

  private static String text(String name) throws IOException {
    return new String(
        jar.getInputStream(jar.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
  }

  private static final class Run {
    int status;
    String output;
    String errors;
  }

  private static Run run(String... arguments) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-jar", PATH);
    builder.command().addAll(List.of(arguments));
    // Or the JVM announces what it has picked up from there.
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    Process process = builder.start();
    Run run = new Run();
    run.output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    run.errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, SECONDS)).isTrue();
    run.status = process.exitValue();
    return run;
  }
}
