package io.graceful.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.it.jvm.ProcessView;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left behind is seen: in this process, which leaves it behind on purpose. */
class BelongingsTest {

  @TempDir Path directory;

  private final ProcessView self = ProcessView.of(ProcessHandle.current().pid());
  private Belongings before;

  @BeforeEach
  void warmUp() throws Exception {
    Files.writeString(directory.resolve("file"), "");
    differences(); // All classes are loaded, and their jars open.
    before = Belongings.of(self, directory);
  }

  @Test
  void the_same_is_the_same() {
    assertThat(differences()).isEmpty();
  }

  @Test
  void an_open_file_is_seen() throws Exception {
    try (InputStream leaked = Files.newInputStream(directory.resolve("file"))) {
      assertThat(leaked.available()).isZero();
      assertThat(differences()).singleElement().asString().startsWith("new descriptors: [");
    }
  }

  @Test
  void a_device_is_seen() throws Exception {
    try (InputStream leaked = Files.newInputStream(Path.of("/dev/null"))) {
      assertThat(leaked.read()).isNegative();
      assertThat(differences()).containsExactly("new descriptors: [/dev/null]");
    }
  }

  @Test
  void an_open_connection_is_seen() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      before = Belongings.of(self, directory);
      try (Socket leaked = new Socket(server.getInetAddress(), server.getLocalPort())) {
        assertThat(leaked.isConnected()).isTrue();
        assertThat(differences()).containsExactly("new descriptors: [tcp]");
      }
    }
  }

  @Test
  void a_thread_of_the_agent_is_seen() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    Thread leaked =
        new Thread(
            () -> {
              begun.countDown();
              try {
                end.await();
              } catch (InterruptedException told) {
                // Over.
              }
            },
            "graceful-leaked");
    leaked.start();
    begun.await();
    assertThat(differences()).singleElement().asString().contains("graceful-leaked");
    end.countDown();
    leaked.join();
  }

  @Test
  void a_child_is_seen() throws Exception {
    Process leaked =
        new ProcessBuilder("sleep", "60").redirectInput(Path.of("/dev/null").toFile()).start();
    try {
      assertThat(differences()).anyMatch(line -> line.startsWith("children: "));
    } finally {
      leaked.destroyForcibly().waitFor();
    }
  }

  @Test
  void a_file_deep_below_is_seen() throws Exception {
    Files.writeString(Files.createDirectories(directory.resolve("a/b")).resolve("left"), "");
    assertThat(differences()).containsExactly("new files: [a, a/b, a/b/left]");
  }

  @Test
  void what_was_lost_is_seen() throws Exception {
    Files.delete(directory.resolve("file"));
    assertThat(differences()).containsExactly("lost files: [file]");
  }

  private List<String> differences() {
    Belongings now = Belongings.of(self, directory);
    return before == null ? List.of() : now.differencesFrom(before);
  }
}
