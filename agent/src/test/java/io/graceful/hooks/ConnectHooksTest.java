package io.graceful.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.hooks.program.ConnectingProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way to connect, in each JDK there is: it works as before, and the port is known. */
class ConnectHooksTest {

  @TempDir static Path directory;

  static Collection<Jdk> jdks() throws IOException {
    return Jdk.all();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void port_is_known(Jdk jdk) throws Exception {
    assertThat(run(jdk)).containsExactlyElementsOf(expected());
  }

  static Stream<Jdk> jdksWithTwoKindsOfSocket() throws IOException {
    return Jdk.all().stream().filter(jdk -> jdk.feature >= 13 && jdk.feature <= 17);
  }

  @ParameterizedTest
  @MethodSource("jdksWithTwoKindsOfSocket")
  void also_with_a_socket_of_old(Jdk jdk) throws Exception {
    assertThat(run(jdk, "-Djdk.net.usePlainSocketImpl=true")).containsExactlyElementsOf(expected());
  }

  private static List<String> expected() {
    List<String> ways =
        List.of("SocketChannel", "Socket", "Socket with a timeout", "AsynchronousSocketChannel");
    List<String> lines = new ArrayList<>();
    ways.forEach(way -> lines.add(way + ": told 0, connected: true"));
    lines.add("watched");
    ways.forEach(way -> lines.add(way + ": told of its port, connected: true"));
    lines.add("end");
    return lines;
  }

  private static List<String> run(Jdk jdk, String... flags) throws Exception {
    Path scratch = Files.createTempDirectory(directory, jdk.toString().replace(' ', '-'));
    return HookedJvm.run(jdk, scratch, ConnectingProgram.class, List.of(flags), "")
        .lines()
        .collect(Collectors.toList());
  }
}
