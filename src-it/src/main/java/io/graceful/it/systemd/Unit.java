package io.graceful.it.systemd;

import io.graceful.it.jvm.Await;
import io.graceful.it.jvm.Check;
import io.graceful.it.jvm.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A service unit as systemd sees it. */
final class Unit {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final String name;

  Unit(String name) {
    this.name = name;
  }

  /** Such as {@code legacy.service}. */
  String name() {
    return name;
  }

  String property(String key) {
    return Systemctl.property(name, key);
  }

  long mainPid() {
    return Long.parseLong(property("MainPID"));
  }

  ProcessId main() {
    return ProcessId.of(mainPid()).orElseThrow(() -> new AssertionError(name + " has no process"));
  }

  void isActive() {
    Check.same("ActiveState of " + name, property("ActiveState"), "active");
    Check.same("Result of " + name, property("Result"), "success");
  }

  void isInactive() {
    Check.same("ActiveState of " + name, property("ActiveState"), "inactive");
    Check.same("Result of " + name, property("Result"), "success");
    Check.that(processes().isEmpty(), "left of %s: %s", name, processes());
  }

  void statusSays(String part) {
    String status = property("StatusText");
    Check.that(status.contains(part), "the status of %s says '%s', not '%s'", name, status, part);
  }

  void awaitActive() {
    await("active", () -> property("ActiveState").equals("active"));
  }

  void await(String what, BooleanSupplier condition) {
    Await.until(name + " " + what, LIMIT, condition);
  }

  /** All in its control group. */
  List<String> processes() {
    String group = property("ControlGroup");
    if (group.isEmpty()) {
      return List.of();
    }
    Path file = Path.of("/sys/fs/cgroup" + group, "cgroup.procs");
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException gone) {
      return List.of();
    }
  }

  @Override
  public String toString() {
    return name
        + ": "
        + Arrays.asList(
            property("ActiveState"),
            property("SubState"),
            property("Result"),
            property("MainPID"),
            property("StatusText"));
  }
}
