package io.graceful.cli;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;

import io.graceful.control.ControlServer;
import io.graceful.control.Message;
import io.graceful.control.SocketName;
import io.graceful.log.Log;
import io.graceful.os.Await;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.os.ReactorThread;
import io.graceful.process.ChildProcess;
import io.graceful.process.Children;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The old process has ended as soon as it has told what it has to tell; the new one is a child. */
@ExtendWith(LeavesNoDescriptor.class)
class RestartProgressTest {

  private static final int ENDED = 999_999_999;

  @RegisterExtension static final ReactorThread REACTOR = new ReactorThread();

  @TempDir Path directory;
  private ChildProcess successor;

  @BeforeEach
  void start() throws Exception {
    successor = Children.idle(LIBC);
  }

  @AfterEach
  void end() throws Exception {
    successor.signal(Libc.SIGKILL);
    Children.end(successor);
  }

  @Test
  void is_well_when_the_new_one_lives_at_its_end() throws Exception {
    assertThat(follow(false, "spawned", "handed-over", "done")).isEqualTo(Exit.OK);
    assertThat(follow(false, "handed-over", "done")).as("commit").isEqualTo(Exit.OK);
    assertThat(follow(false, "spawned", "handed-over")).as("killed").isEqualTo(Exit.OK);
    assertThat(follow(false, "spawned")).isEqualTo(Exit.FAILED);
  }

  @Test
  void is_not_when_the_new_one_has_ended_too() throws Exception {
    assertThat(follow(true, "spawned", "handed-over", "done")).isEqualTo(Exit.FAILED);
    assertThat(follow(true, "spawned", "handed-over")).isEqualTo(Exit.FAILED);
  }

  /**
   * @param dies whether the new one ends before the last event; its parent does not look
   */
  private int follow(boolean dies, String... events) throws Exception {
    SocketName name = new SocketName(ENDED, 1);
    ControlServer server =
        REACTOR.call(
            () ->
                ControlServer.open(
                    LIBC,
                    REACTOR.reactor,
                    new Log(0, Log.Level.ERROR),
                    directory,
                    name,
                    (request, with) -> {
                      for (int i = 0; i < events.length; i++) {
                        if (dies && i == events.length - 1) {
                          successor.signal(Libc.SIGKILL);
                          awaitZombie();
                        }
                        with.say(Message.event(events[i]).with("pid", successor.pid()));
                      }
                      with.hangUp();
                    }));
    try {
      Agent old = new Agent(LIBC, name.in(directory));
      return RestartProgress.follow(old, Message.request("restart"), true);
    } finally {
      REACTOR.run(server::close);
    }
  }

  private void awaitZombie() {
    try {
      Await.until("its end", () -> ProcFs.startTimeOf(successor.pid()) < 0);
    } catch (Exception tooLate) {
      throw new IllegalStateException(tooLate);
    }
  }
}
