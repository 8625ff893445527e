package io.graceful.it.jvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the JDKs of this machine: what {@code JDK_HOMES} and {@code JAVA_HOME} name comes first,
 * then the {@code JAVA_HOME_17_X64} kind of variable, the Java that runs us, and the places where
 * systems and version managers keep them.
 */
public final class JdkHomes {
  private static final List<String> SYSTEM =
      List.of("/usr/lib/jvm", "/usr/java", "/opt/java", "/opt/jdk", "/opt", "/usr/local");
  private static final List<String> PERSONAL =
      List.of(".jdks", ".sdkman/candidates/java", ".local/share/mise/installs/java");

  private final List<Path> candidates;

  private JdkHomes(Set<Path> candidates) {
    this.candidates = List.copyOf(candidates);
  }

  public static JdkHomes ofThisMachine() {
    Set<Path> candidates = new LinkedHashSet<>();
    candidates.addAll(named(System.getenv()));
    candidates.add(Path.of(System.getProperty("java.home")));
    SYSTEM.forEach(directory -> candidates.addAll(children(Path.of(directory))));
    PERSONAL.forEach(
        directory ->
            candidates.addAll(children(Path.of(System.getProperty("user.home"), directory))));
    return new JdkHomes(candidates);
  }

  static JdkHomes of(Map<String, String> environment) {
    return new JdkHomes(new LinkedHashSet<>(named(environment)));
  }

  /**
   * The first JDK of this version.
   *
   * @throws IllegalStateException if there is none: whoever needs it can't do without
   */
  public Jdk require(int feature) {
    return all()
        .filter(jdk -> jdk.feature() == feature)
        .findFirst()
        .orElseThrow(() -> missing(feature));
  }

  /**
   * The oldest JDK of this version or later.
   *
   * @throws IllegalStateException if there is none
   */
  public Jdk requireSince(int oldest) {
    return all()
        .filter(jdk -> jdk.feature() >= oldest)
        .min(Comparator.comparingInt(Jdk::feature))
        .orElseThrow(() -> missing(oldest));
  }

  private Stream<Jdk> all() {
    return candidates.stream().flatMap(home -> Jdk.at(home).stream());
  }

  private IllegalStateException missing(int feature) {
    return new IllegalStateException(
        "no JDK "
            + feature
            + " on this machine: install one, or name it with JDK_HOMES=/path/to/jdk"
            + feature
            + "; found "
            + all().map(jdk -> jdk.feature() + " at " + jdk.home()).toList());
  }

  private static List<Path> named(Map<String, String> environment) {
    List<Path> homes = new ArrayList<>();
    Stream.of(environment.getOrDefault("JDK_HOMES", "").split(":"))
        .filter(home -> !home.isBlank())
        .map(Path::of)
        .forEach(homes::add);
    environment.entrySet().stream()
        .filter(
            variable ->
                variable.getKey().matches("JAVA_HOME(_\\d+.*)?") && !variable.getValue().isBlank())
        .sorted(Map.Entry.comparingByKey())
        .forEach(variable -> homes.add(Path.of(variable.getValue())));
    return homes;
  }

  private static List<Path> children(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(directory)) {
      return children.sorted(Comparator.naturalOrder()).toList();
    } catch (IOException e) {
      return List.of(); // a directory that we may not read holds no JDK for us
    }
  }
}
