package io.graceful.it;

import io.graceful.it.app.App;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.JdkHomes;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The JDKs that servers run on: {@code graceful.it.jdks}. */
final class Jdks {
  private Jdks() {}

  /** Feature versions; a missing one fails the test that asks for it, by its name. */
  static Stream<Integer> features() {
    return Stream.of(System.getProperty("graceful.it.jdks", "17,25").split(","))
        .map(String::strip)
        .map(Integer::valueOf);
  }

  /** Those that have what this Java brought. */
  static Stream<Integer> since(int oldest) {
    return features().filter(jdk -> jdk >= oldest);
  }

  /** Each of these apps with each JDK that it runs on. */
  static Stream<Arguments> with(Stream<App> apps) {
    return apps.flatMap(app -> since(app.oldestJdk()).map(jdk -> Arguments.of(app, jdk)));
  }

  /** Where the JDK does not matter. */
  static Jdk any() {
    return find(features().findFirst().orElseThrow());
  }

  /** The same for what needs this Java: another JDK of this machine, if these are all too old. */
  static Jdk any(int oldest) {
    return since(oldest)
        .findFirst()
        .map(Jdks::find)
        .orElseGet(() -> JdkHomes.ofThisMachine().requireSince(oldest));
  }

  static Jdk find(int feature) {
    return JdkHomes.ofThisMachine().require(feature);
  }
}
