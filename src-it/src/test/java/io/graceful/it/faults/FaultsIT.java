package io.graceful.it.faults;

import io.graceful.it.junit.ServersExtension;
import io.graceful.it.jvm.Jdk;
import io.graceful.it.jvm.JdkHomes;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Some of what {@code ./campaign faults} does, at each build. */
class FaultsIT {

  static Stream<Arguments> faults() {
    return Stream.of(System.getProperty("graceful.it.jdks", "17,25").split(","))
        .map(feature -> JdkHomes.ofThisMachine().require(Integer.parseInt(feature)))
        .flatMap(
            jdk ->
                Faults.all(jdk).stream()
                    .filter(Fault::isShort)
                    .map(fault -> Arguments.of(fault, jdk)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("faults")
  void nobody_notices(Fault fault, Jdk jdk) throws Exception {
    Path agent = Path.of(System.getProperty("graceful.agent.jar", "../agent/target/graceful.jar"));
    String directory = fault.toString().replaceAll("\\W+", "-") + "-" + jdk;
    try (Scene scene =
        new Scene(jdk, agent, ServersExtension.emptyDirectory("faults", directory))) {
      scene.play(fault);
    }
  }
}
