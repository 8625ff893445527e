package io.graceful.it.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A server of test-apps/.
 *
 * @param name for tests and the command line
 * @param module its directory in test-apps/, or elsewhere if it is absolute
 * @param arguments that make its jar this server
 * @param oldestJdk the first Java that it runs on
 * @param flags that an operator would give its JVM, to keep the log quiet for example
 */
public record App(
    String name,
    String module,
    List<String> arguments,
    int oldestJdk,
    Protocol protocol,
    List<Flag> flags) {

  /** An option of the JVM, from that JDK on. */
  record Flag(int oldestJdk, String option) {}

  public static App http(String name, String module, int oldestJdk, String... arguments) {
    return new App(name, module, List.of(arguments), oldestJdk, Protocol.HTTP, List.of());
  }

  static App jdk(String flavour) {
    return http(flavour, "jdk", 8, flavour);
  }

  App speaking(Protocol other) {
    return new App(name, module, arguments, oldestJdk, other, flags);
  }

  App since(int jdk) {
    return new App(name, module, arguments, jdk, protocol, flags);
  }

  /** Its libraries make JDK 24 and later warn about {@code sun.misc.Unsafe}. */
  App usingUnsafe() {
    return with(new Flag(24, "--sun-misc-unsafe-memory-access=allow"));
  }

  /** With the flags of Tomcat's own catalina.sh: it clears caches of the JDK when it stops. */
  App asByCatalina() {
    App opened = this;
    for (String opens :
        List.of(
            "java.base/java.lang",
            "java.base/java.io",
            "java.base/java.util",
            "java.base/java.util.concurrent",
            "java.rmi/sun.rmi.transport")) {
      opened = opened.with(new Flag(9, "--add-opens=" + opens + "=ALL-UNNAMED"));
    }
    return opened;
  }

  /**
   * It loads so many classes that compiling them well takes most of its start: half of the time, as
   * with Spring Boot's own build plugin.
   */
  App startingSlowly() {
    return with(new Flag(8, "-XX:TieredStopAtLevel=1"));
  }

  private App with(Flag flag) {
    List<Flag> more = new ArrayList<>(flags);
    more.add(flag);
    return new App(name, module, arguments, oldestJdk, protocol, more);
  }

  List<String> jvmOptions(int jdk) {
    return flags.stream().filter(flag -> jdk >= flag.oldestJdk).map(Flag::option).toList();
  }

  /**
   * @throws IllegalStateException if it hasn't been built
   */
  public Path jar() {
    Path jar =
        Path.of(System.getProperty("graceful.test-apps", "test-apps"))
            .resolve(module)
            .resolve("target/app.jar")
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
