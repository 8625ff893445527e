package io.graceful.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.hooks.program.GuardedProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way to close a socket and to change its place in an epoll, in each JDK there is. */
class GuardHooksTest {

  private static final String PLAIN = "-Djdk.net.usePlainSocketImpl=true";

  @TempDir static Path directory;

  /**
   * With the guard before the classes are loaded, and after they were used: in that case expected,
   * or not.
   */
  static Stream<Arguments> jvms() throws IOException {
    List<Arguments> jvms = new ArrayList<>();
    for (Jdk jdk : Jdk.all()) {
      for (String order : List.of("before", "expected", "after")) {
        jvms.add(Arguments.of(jdk, order, List.of()));
      }
      if (jdk.feature >= 13 && jdk.feature <= 17) {
        jvms.add(Arguments.of(jdk, "after", List.of(PLAIN)));
      }
    }
    return jvms.stream();
  }

  @ParameterizedTest
  @MethodSource("jvms")
  void each_change_waits_for_us_and_then_goes_on(Jdk jdk, String order, List<String> flags)
      throws Exception {
    assertThat(run(jdk, order, flags)).containsExactlyElementsOf(expected(jdk, order));
  }

  @Test
  void both_kinds_of_socket_and_virtual_threads_are_among_what_is_tried() throws IOException {
    assertThat(Jdk.all()).extracting(jdk -> jdk.feature).anyMatch(feature -> feature >= 21);
    assertThat(jvms()).anyMatch(jvm -> jvm.get()[2].equals(List.of(PLAIN)));
  }

  private static List<String> expected(Jdk jdk, String order) {
    List<String> lines = new ArrayList<>();
    for (String change :
        List.of(
            "SocketChannel.close",
            "SocketChannel.close, selected",
            "AsynchronousSocketChannel.close",
            "Socket.close",
            "ServerSocket.close",
            "Selector: add",
            "Selector: modify",
            "Selector: remove",
            "Selector.close",
            "AsynchronousSocketChannel.read",
            "read in a virtual thread",
            "Netty: close",
            "Netty: add",
            "Netty: modify",
            "Netty: remove")) {
      if (jdk.feature >= 21 || !change.endsWith("virtual thread")) {
        lines.add(change + ": waits, goes on");
      }
    }
    lines.add("missing: []");
    lines.add("changed again: " + order.equals("after"));
    lines.add("end");
    return lines;
  }

  private static List<String> run(Jdk jdk, String order, List<String> flags) throws Exception {
    List<String> all = new ArrayList<>(flags);
    if (jdk.feature >= 24) {
      all.add("--enable-native-access=ALL-UNNAMED"); // Netty
      all.add("--sun-misc-unsafe-memory-access=allow");
    }
    Path scratch = Files.createTempDirectory(directory, jdk.toString().replace(' ', '-'));
    return HookedJvm.run(jdk, scratch, GuardedProgram.class, all, order)
        .lines()
        .collect(Collectors.toList());
  }
}
