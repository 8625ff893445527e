package io.graceful.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.hooks.program.AcceptingProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way to accept a connection, in each JDK there is: another takes its place unnoticed. */
class AcceptHooksTest {

  private static final String IN_ITS_PLACE = ", from the client, hello yourself";
  private static final String NIO = "FileDescriptor and InetSocketAddress[]" + IN_ITS_PLACE;
  private static final String PLAIN = "FileDescriptor and SocketImpl" + IN_ITS_PLACE;
  private static final String NETTY = "Integer and byte[]" + IN_ITS_PLACE;

  @TempDir static Path directory;

  static Collection<Jdk> jdks() throws IOException {
    return Jdk.all();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void another_connection_takes_the_place_of_the_one_that_was_accepted(Jdk jdk) throws Exception {
    assertThat(run(jdk)).containsExactlyElementsOf(expected(jdk, jdk.feature <= 12 ? PLAIN : NIO));
  }

  static Stream<Jdk> jdksWithTwoKindsOfServerSocket() throws IOException {
    return Jdk.all().stream().filter(jdk -> jdk.feature >= 13 && jdk.feature <= 17);
  }

  @ParameterizedTest
  @MethodSource("jdksWithTwoKindsOfServerSocket")
  void also_in_a_server_socket_of_old(Jdk jdk) throws Exception {
    assertThat(run(jdk, "-Djdk.net.usePlainSocketImpl=true"))
        .containsExactlyElementsOf(expected(jdk, PLAIN));
  }

  @Test
  void both_kinds_of_server_socket_and_virtual_threads_are_among_what_is_tried()
      throws IOException {
    assertThat(jdks()).extracting(jdk -> jdk.feature).anyMatch(feature -> feature >= 21);
    assertThat(jdksWithTwoKindsOfServerSocket()).isNotEmpty();
  }

  private static List<String> expected(Jdk jdk, String serverSocket) {
    List<String> lines = new ArrayList<>(expectedOfEachWay(jdk, serverSocket));
    lines.add("guarded");
    lines.addAll(expectedOfEachWay(jdk, serverSocket));
    lines.add("missing: []");
    lines.add("end");
    return lines;
  }

  private static List<String> expectedOfEachWay(Jdk jdk, String serverSocket) {
    List<String> lines = new ArrayList<>();
    lines.add("ServerSocketChannel: " + NIO);
    if (jdk.feature >= 21) {
      lines.add("ServerSocketChannel, virtual thread: " + NIO);
    }
    lines.add("its socket: " + NIO);
    lines.add("its socket with a timeout: " + NIO);
    lines.add("selector: " + NIO);
    lines.add("no connection: null, not told");
    lines.add("AsynchronousServerSocketChannel that waits: " + NIO);
    lines.add("AsynchronousServerSocketChannel that is late: " + NIO);
    lines.add("ServerSocket: " + serverSocket);
    if (jdk.feature >= 21) {
      lines.add("ServerSocket, virtual thread: " + serverSocket);
    }
    lines.add("ServerSocket with a timeout: " + serverSocket);
    lines.add("Netty: " + NETTY);
    lines.add("Netty, all addresses: " + NETTY);
    return lines;
  }

  private static List<String> run(Jdk jdk, String... flags) throws Exception {
    List<String> all = new ArrayList<>(List.of(flags));
    if (jdk.feature >= 9) {
      all.add("--add-opens=java.base/java.net=ALL-UNNAMED"); // SocketImpl's fields
    }
    if (jdk.feature >= 24) {
      all.add("--enable-native-access=ALL-UNNAMED"); // Netty
      all.add("--sun-misc-unsafe-memory-access=allow");
    }
    Path scratch = Files.createTempDirectory(directory, jdk.toString().replace(' ', '-'));
    return HookedJvm.run(jdk, scratch, AcceptingProgram.class, all, "")
        .lines()
        .collect(Collectors.toList());
  }
}
