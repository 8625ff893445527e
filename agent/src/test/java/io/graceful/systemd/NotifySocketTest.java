package io.graceful.systemd;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.log.Log;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.NotifyReceiver;
import io.graceful.os.ReactorThread;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeavesNoDescriptor.class)
class NotifySocketTest {

  @RegisterExtension static final ReactorThread REACTOR = new ReactorThread();

  @TempDir Path directory;

  @AfterEach
  void settle() throws Exception {
    REACTOR.settle(); // Until it has closed what it sent with.
  }

  @Test
  void sends_to_a_path() throws Exception {
    sendsTo(directory.resolve("notify").toString());
  }

  @Test
  void sends_to_an_abstract_name() throws Exception {
    sendsTo("@graceful-test-" + ProcessHandle.current().pid());
  }

  private static void sendsTo(String name) throws Exception {
    try (NotifyReceiver receiver = new NotifyReceiver(name)) {
      NotifySocket socket = socket(name);
      REACTOR.run(
          () -> {
            socket.send("READY=1\nSTATUS=Grüße");
            socket.send("STOPPING=1");
          });

      assertThat(receiver.next()).isEqualTo("READY=1\nSTATUS=Grüße");
      assertThat(receiver.next()).isEqualTo("STOPPING=1");
      assertThat(receiver.isEmpty()).isTrue();
    }
  }

  @Test
  void what_does_not_fit_is_sent_when_it_does_and_in_order() throws Exception {
    String name = directory.resolve("notify").toString();
    int messages = 90;
    String padding = "x".repeat(20_000); // 90 of them are more than the buffer of a sender.
    try (NotifyReceiver receiver = new NotifyReceiver(name)) {
      NotifySocket socket = socket(name);
      REACTOR.run(
          () -> {
            for (int i = 0; i < messages; i++) {
              socket.send(i + " " + padding);
            }
          });
      for (int i = 0; i < messages; i++) {
        assertThat(receiver.next()).isEqualTo(i + " " + padding);
      }
    }
  }

  @Test
  void a_receiver_that_is_gone_is_no_failure() throws Exception {
    NotifySocket socket = socket(directory.resolve("nobody").toString());

    REACTOR.run(() -> socket.send("READY=1"));
  }

  private static NotifySocket socket(String name) {
    return new NotifySocket(LIBC, REACTOR.reactor, new Log(7, Log.Level.ERROR), name);
  }
}
