package io.graceful.it.systemd;

import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.Check;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The operator's tool, which speaks to the systemd of this campaign. */
final class Systemctl {
  private static final Duration LIMIT = Duration.ofSeconds(120);

  private Systemctl() {}

  /** Such as 252. */
  static int version() throws IOException, InterruptedException {
    return Integer.parseInt(run("--version").output().split(" ")[1]);
  }

  static void awaitManager() {
    Await.until("a systemd that runs", LIMIT, () -> ask("is-system-running").equals("running"));
  }

  /** The command must succeed. */
  static void must(String... arguments) throws IOException, InterruptedException {
    Result result = run(arguments);
    Check.that(
        result.status() == 0,
        "systemctl %s exits with %d: %s",
        String.join(" ", arguments),
        result.status(),
        result.output());
  }

  static Result run(String... arguments) throws IOException, InterruptedException {
    Process process = start(arguments);
    byte[] output = process.getInputStream().readAllBytes();
    Check.that(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS), "systemctl does not end");
    return new Result(
        process.exitValue(), new String(output, StandardCharsets.UTF_8).stripTrailing());
  }

  static Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("systemctl", "--user", "--no-pager"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** Of a unit, such as MainPID; empty if it has none. */
  static String property(String unit, String name) {
    return ask("show", "--property=" + name, "--value", unit);
  }

  private static String ask(String... arguments) {
    try {
      return run(arguments).output();
    } catch (IOException failure) {
      throw new AssertionError(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError(interrupted);
    }
  }

  record Result(int status, String output) {}
}
