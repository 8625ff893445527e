package io.graceful.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.os.JavaBase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hooks in a JVM of their own, which verifies even its own classes. */
class HooksTest {

  private static final String NIO = "-Dcurrent=true";

  /** Up to JDK 17 it brings back the sockets of JDK 8 to 12; later JDKs ignore it. */
  private static final String PLAIN = "-Djdk.net.usePlainSocketImpl=true";

  private static final Map<String, String> OUTPUTS = new ConcurrentHashMap<>();

  @TempDir static Path directory;

  @ParameterizedTest
  @ValueSource(strings = {NIO, PLAIN})
  void every_tcp_and_udp_bind_is_asked_for(String flag) {
    assertThat(section(flag, "ServerSocketChannel"))
        .contains("asked: FileDescriptor 127.0.0.1:0")
        .containsOnlyOnce("hooked");
    assertThat(section(flag, "ServerSocket")).contains("asked: FileDescriptor 127.0.0.1:0");
    assertThat(section(flag, "AsynchronousServerSocketChannel"))
        .containsExactly("asked: FileDescriptor 127.0.0.1:0");
    assertThat(section(flag, "DatagramChannel"))
        .containsExactly("asked: FileDescriptor 127.0.0.1:0");
  }

  @Test
  void a_unix_bind_is_asked_for_with_its_path() {
    assertThat(section(NIO, "UNIX")).containsExactly("asked: FileDescriptor app.sock");
  }

  @ParameterizedTest
  @ValueSource(strings = {NIO, PLAIN})
  void what_is_ours_is_not_bound(String flag) {
    assertThat(section(flag, "ours"))
        .containsExactly("asked: FileDescriptor 127.0.0.1:1", "bound to port 1: false");
  }

  @Test
  void a_server_socket_asks_the_kernel_what_it_was_bound_to() {
    assertThat(section(NIO, "ours with a ServerSocket"))
        .containsExactly("asked: FileDescriptor 127.0.0.1:1", "asks the kernel for its port");
  }

  @Test
  void a_server_socket_of_old_is_told_its_port_by_the_hook() {
    assertThat(section(PLAIN, "ours with a ServerSocket"))
        .containsExactly(
            "asked: FileDescriptor 127.0.0.1:1",
            JavaBase.featureVersion() <= 17 ? "says port: 1" : "asks the kernel for its port");
  }

  @Test
  void nettys_native_bind_is_asked_for_also_where_it_was_moved() {
    assertThat(section(NIO, "Netty"))
        .containsExactly(
            "asked: 7 127.0.0.1:1", "bound: null", "asked: 8 127.0.0.1:0", "bound: /127.0.0.1:0");
  }

  @Test
  void a_class_without_the_method_is_reported_and_left_alone() {
    assertThat(section(NIO, "broken Netty"))
        .containsExactly(
            "problem: broken.netty.channel.unix.Socket has no method"
                + " bind(Ljava/net/SocketAddress;)V as expected",
            "bind: works");
  }

  @ParameterizedTest
  @ValueSource(strings = {NIO, PLAIN})
  void the_self_test_passes(String flag) {
    assertThat(section(flag, "self-test")).containsExactly("null");
  }

  /** They would cost time at every start. */
  @Test
  void what_is_for_restarts_only_is_not_even_loaded_before() {
    assertThat(section(NIO, "classes")).containsExactly("BindHooks");
  }

  @Test
  void files_are_deleted_until_some_are_to_be_kept() {
    assertThat(section(NIO, "files"))
        .containsExactly(
            "app.sock is there: false",
            "File.delete: false",
            "app.sock is there: false",
            "before is there: false",
            "File.delete: false",
            "app.sock is there: true",
            "File.delete: true",
            "app.sock is there: true",
            "after is there: false",
            "File.delete: false");
  }

  @Test
  void a_class_without_the_calls_that_moves_need_keeps_its_other_hooks() {
    assertThat(section(NIO, "later hooks"))
        .startsWith("missing: []")
        .contains(
            "fake.io.netty.channel.unix.Socket has no call of accept as expected",
            "asked: 7 127.0.0.1:0");
  }

  @Test
  void the_guard_names_what_it_did_not_find_as_often_as_it_is_asked_for() {
    String problem =
        "can't guard the closing of connections:"
            + " [broken.netty.channel.epoll.Native has no call of epollCtlMod0 as expected]";
    assertThat(section(NIO, "guard")).containsExactly(problem, problem);
  }

  /** The lines behind a heading. */
  private static List<String> section(String flag, String heading) {
    String output = OUTPUTS.computeIfAbsent(flag, HooksTest::run);
    assertThat(output).as("output with " + flag).contains("# end\n");
    String behind = output.split("# " + heading + "\n", 2)[1];
    return behind.lines().takeWhile(line -> !line.startsWith("# ")).collect(Collectors.toList());
  }

  private static String run(String flag) {
    try {
      Path scratch = Files.createTempDirectory(directory, "run");
      return HookedJvm.run(
          Jdk.ofThisTest(), scratch, HookedProgram.class, List.of(flag), scratch.toString());
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }
}
