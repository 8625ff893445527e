package io.graceful.it.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks at the process that runs the test. */
class ProcessViewTest {
  private final ProcessView self = ProcessView.of(ProcessHandle.current().pid());

  @Test
  void one_more_open_file_is_one_more_descriptor(@TempDir Path directory) throws Exception {
    Path file = Files.createFile(directory.resolve("some file"));
    assertThat(self.descriptors()).doesNotContain(file.toString());
    try (FileInputStream open = new FileInputStream(file.toFile())) {
      assertThat(open.read()).isNegative();
      assertThat(self.descriptors()).containsOnlyOnce(file.toString());
    }
  }

  @Test
  void sockets_are_told_apart_by_kind_not_by_inode() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String listening = "tcp listening on " + listener.getLocalPort();
      List<String> before = self.descriptors();
      assertThat(before).containsOnlyOnce(listening);
      assertThat(self.listeners()).containsKey(listener.getLocalPort());

      try (Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
        List<String> more = new ArrayList<>(self.descriptors());
        before.forEach(more::remove);
        assertThat(client.isConnected()).isTrue();
        assertThat(more).contains("tcp").doesNotContain(listening);
      }
    }
  }

  @Test
  void environment_arguments_and_status_are_read() {
    assertThat(self.environment()).anyMatch(variable -> variable.startsWith("PATH="));
    assertThat(self.arguments().get(0)).endsWith("java");
    assertThat(self.status("Umask")).matches("0[0-7]{3}");
    assertThat(self.status("SigBlk")).matches("[0-9a-f]{16}");
    assertThat(self.limits()).anyMatch(line -> line.startsWith("Max open files"));
    assertThat(self.workingDirectory()).isEqualTo(System.getProperty("user.dir"));
  }

  @Test
  void threads_are_counted_by_name_without_numbers() throws Exception {
    Thread thread = new Thread(ProcessViewTest::sleep, "probe-17-x");
    thread.setDaemon(true);
    thread.start();
    Await.until(
        "the thread's name",
        java.time.Duration.ofSeconds(5),
        () -> self.threads().getOrDefault("probe-N-x", 0) == 1);
    thread.interrupt();
    thread.join();
  }

  private static void sleep() {
    try {
      Thread.sleep(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
