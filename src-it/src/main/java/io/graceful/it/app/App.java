package io.graceful.it.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A server of test-apps/.
 *
 * @param name for tests and the command line
 * @param module its directory in test-apps/
 * @param arguments that make its jar this server
 * @param oldestJdk the first Java that it runs on
 * @param usesUnsafe whether its libraries make JDK 24 and later warn about {@code sun.misc.Unsafe}
 * @param startsSlowly whether it loads so many classes that compiling them well takes most of its
 *     start
 */
public record App(
    String name,
    String module,
    List<String> arguments,
    int oldestJdk,
    Protocol protocol,
    boolean usesUnsafe,
    boolean startsSlowly) {

  static App http(String name, String module, int oldestJdk, String... arguments) {
    return new App(name, module, List.of(arguments), oldestJdk, Protocol.HTTP, false, false);
  }

  static App jdk(String flavour) {
    return http(flavour, "jdk", 8, flavour);
  }

  App speaking(Protocol other) {
    return new App(name, module, arguments, oldestJdk, other, usesUnsafe, startsSlowly);
  }

  App since(int jdk) {
    return new App(name, module, arguments, jdk, protocol, usesUnsafe, startsSlowly);
  }

  App usingUnsafe() {
    return new App(name, module, arguments, oldestJdk, protocol, true, startsSlowly);
  }

  App startingSlowly() {
    return new App(name, module, arguments, oldestJdk, protocol, usesUnsafe, true);
  }

  /**
   * Options that an operator would give its JVM to keep the log quiet, and a developer to have it
   * up in half the time (as Spring Boot's own build plugin does).
   */
  List<String> jvmOptions(int jdk) {
    List<String> options = new ArrayList<>();
    if (usesUnsafe && jdk >= 24) {
      options.add("--sun-misc-unsafe-memory-access=allow");
    }
    if (startsSlowly) {
      options.add("-XX:TieredStopAtLevel=1");
    }
    return options;
  }

  /**
   * @throws IllegalStateException if it hasn't been built
   */
  public Path jar() {
    Path jar =
        Path.of(System.getProperty("graceful.test-apps", "test-apps"), module, "target", "app.jar")
            .toAbsolutePath()
            .normalize();
    if (!Files.exists(jar)) {
      throw new IllegalStateException("no " + jar + ": build it with mvn package in test-apps");
    }
    return jar;
  }

  @Override
  public String toString() {
    return name;
  }
}
