package io.graceful.it.faults;

import io.graceful.it.app.Launch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Agents that people use, from Maven Central. */
enum RealAgent {
  JACOCO("org.jacoco.agent", "JaCoCo"),
  OPEN_TELEMETRY("opentelemetry-javaagent", "OpenTelemetry");

  private static final String DIRECTORY = System.getProperty("graceful.it.agents", "");

  private final String prefix;
  private final String name;

  RealAgent(String prefix, String name) {
    this.prefix = prefix;
    this.name = name;
  }

  boolean isThere() {
    return !DIRECTORY.isEmpty() && jar().isPresent();
  }

  Launch launch(Scene scene, boolean before) {
    String option = "-javaagent:" + jar().orElseThrow();
    if (this == JACOCO) {
      option += "=output=file,destfile=" + scene.directory().resolve("jacoco.exec");
    }
    Launch launch = scene.launch();
    if (this == OPEN_TELEMETRY) {
      scene.expectLines(line -> true); // It tells of its version.
      launch
          .environment("OTEL_TRACES_EXPORTER", "none")
          .environment("OTEL_METRICS_EXPORTER", "none")
          .environment("OTEL_LOGS_EXPORTER", "none");
    }
    return before ? launch.jvm(option) : launch.jvmAfterAgent(option);
  }

  private Optional<Path> jar() {
    try (Stream<Path> files = Files.list(Path.of(DIRECTORY))) {
      return files.filter(file -> file.getFileName().toString().startsWith(prefix)).findFirst();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
