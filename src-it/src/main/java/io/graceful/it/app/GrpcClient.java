package io.graceful.it.app;

import io.graceful.it.jvm.Jdk;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The gRPC app's own client, in a process of its own: unary calls, each on a channel of its own,
 * without retries.
 */
public final class GrpcClient implements AutoCloseable {
  private final Process process;
  private final Path output;

  private GrpcClient(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * @param millis how long each call takes in the server; 0 for calls that are answered at once
   */
  public static GrpcClient start(Server server, Jdk jdk, int calls, int millis, Path output)
      throws IOException {
    String target = "127.0.0.1:" + server.port();
    ProcessBuilder builder =
        new ProcessBuilder(
            jdk.java().toString(),
            "-Xmx96m",
            "-cp",
            Apps.GRPC.jar().toString(),
            "apps.grpc.Client",
            target,
            "" + calls);
    if (millis > 0) {
      builder.command().add("" + millis);
    }
    File file = output.toFile();
    return new GrpcClient(builder.redirectOutput(file).redirectError(file).start(), output);
  }

  public boolean isRunning() {
    return process.isAlive();
  }

  /** What it said, the last line being {@code ok=N failed=M}. */
  public String awaitEnd() throws IOException, InterruptedException {
    if (!process.waitFor(Server.LIMIT.toSeconds() * 2, TimeUnit.SECONDS)) {
      throw new AssertionError("the gRPC client doesn't end: " + Files.readString(output));
    }
    return Files.readString(output);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
