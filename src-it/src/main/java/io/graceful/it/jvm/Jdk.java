package io.graceful.it.jvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Java installation of this machine.
 *
 * @param feature 8, 17, 25...
 * @param version as its {@code release} file has it, such as 17.0.15
 */
public record Jdk(Path home, int feature, String version) {
  private static final Pattern VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"([^\"]+)\"");

  /**
   * Empty if this is no Java home: without a {@code release} file or without an executable {@code
   * bin/java}.
   */
  public static Optional<Jdk> at(Path home) {
    Path release = home.resolve("release");
    if (!Files.isExecutable(home.resolve("bin/java")) || !Files.isReadable(release)) {
      return Optional.empty();
    }
    try {
      Matcher matcher = VERSION.matcher(Files.readString(release));
      return matcher.find()
          ? Optional.of(new Jdk(home, feature(matcher.group(1)), matcher.group(1)))
          : Optional.empty();
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  public Path java() {
    return home.resolve("bin/java");
  }

  /** The same JDK under another path, for tests that take it away while it is in use. */
  public Jdk movedTo(Path otherHome) {
    return new Jdk(otherHome, feature, version);
  }

  @Override
  public String toString() {
    return "jdk" + feature;
  }

  /** 1.8.0_442 is 8, 17.0.15 is 17, 28-ea is 28. */
  static int feature(String version) {
    String[] numbers = version.split("[._+-]");
    return Integer.parseInt(numbers[0].equals("1") ? numbers[1] : numbers[0]);
  }
}
