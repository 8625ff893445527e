package io.graceful.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.graceful.it.app.Server;
import io.graceful.it.jvm.Jdk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code java -jar graceful.jar ...}, as an operator or a script runs it. */
final class CommandRun implements AutoCloseable {

  /** Not in the temporary directory of this machine, where others' agents may be. */
  private static final String RUNTIME_DIRECTORY = "XDG_RUNTIME_DIR";

  private final Process process;
  private final Path out;
  private final Path err;

  private CommandRun(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * @param directory for its output; also where it looks for agents first
   */
  static CommandRun start(Jdk jdk, Path jar, Path directory, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(jdk.java().toString(), "-jar", jar.toString()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Path out = Files.createTempFile(directory, "command", ".out");
    Path err = Files.createTempFile(directory, "command", ".err");
    ProcessBuilder builder = new ProcessBuilder(command);
    List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")
        .forEach(builder.environment()::remove);
    builder.environment().putAll(Map.of(RUNTIME_DIRECTORY, directory.toString()));
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    return new CommandRun(builder.start(), out, err);
  }

  /** To its end. */
  static CommandRun run(Jdk jdk, Path jar, Path directory, Object... arguments) throws Exception {
    CommandRun run = start(jdk, jar, directory, arguments);
    run.status();
    return run;
  }

  /** Waits for its end. */
  int status() throws InterruptedException {
    assertThat(process.waitFor(Server.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  List<String> out() throws IOException {
    return Files.readString(out, StandardCharsets.UTF_8).lines().toList();
  }

  /** One object per line. */
  List<JsonObject> json() throws IOException {
    return out().stream().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
  }

  List<String> err() throws IOException {
    return Files.readString(err, StandardCharsets.UTF_8).lines().toList();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
