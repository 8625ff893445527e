package io.graceful.it.faults;

import io.graceful.it.app.FreePort;
import io.graceful.it.app.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Agents that people use, from Maven Central. */
enum RealAgent {
  JACOCO("org.jacoco.agent", "JaCoCo"),
  OPEN_TELEMETRY("opentelemetry-javaagent", "OpenTelemetry"),
  JMX_EXPORTER("jmx_prometheus_javaagent", "JMX exporter");

  private final String prefix;
  private final String name;

  RealAgent(String prefix, String name) {
    this.prefix = prefix;
    this.name = name;
  }

  /** Of its file's name. */
  String prefix() {
    return prefix;
  }

  /** Whether it binds a port in its premain method. */
  boolean isServer() {
    return this == JMX_EXPORTER;
  }

  Launch launch(Scene scene, boolean before) throws IOException {
    String option = "-javaagent:" + Downloads.find(prefix).orElseThrow();
    if (this == JACOCO) {
      option += "=output=file,destfile=" + scene.directory().resolve("jacoco.exec");
    }
    if (this == JMX_EXPORTER) {
      Path configuration = scene.directory().resolve("exporter.yml");
      Files.writeString(configuration, "rules: [{pattern: '.*'}]\n");
      option += "=127.0.0.1:" + FreePort.find() + ":" + configuration;
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

  @Override
  public String toString() {
    return name;
  }
}
