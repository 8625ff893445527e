package io.graceful.agent;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.control.ControlServer;
import io.graceful.control.Conversation;
import io.graceful.control.Message;
import io.graceful.control.NoAgentException;
import io.graceful.control.SocketName;
import io.graceful.handover.Frame;
import io.graceful.handover.Lifeline;
import io.graceful.log.Log;
import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.Libc;
import io.graceful.os.ProcFs;
import io.graceful.os.ReactorThread;
import io.graceful.process.ChildProcess;
import io.graceful.process.Children;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeavesNoDescriptor.class)
class TakeoverTargetTest {

  private static final int SELF = (int) ProcessHandle.current().pid();
  private static final int ANOTHER = 0;
  private static final int NEVER = 999_999_999;

  @RegisterExtension static final ReactorThread REACTOR = new ReactorThread();

  @TempDir Path directory;
  private ControlServer server;

  @AfterEach
  void close() throws Exception {
    if (server != null) {
      REACTOR.run(server::close);
    }
  }

  @Test
  void nobody_is_there_where_no_process_has_that_pid() throws Exception {
    assertThat(absence(NEVER)).isEqualTo("there is no process " + NEVER);
    assertThat(absence(pidfile(NEVER + "\n"))).isEqualTo("there is no process " + NEVER);
    assertThat(absence(directory.resolve("app.pid.old"))).isEqualTo("there is no such file");
    assertThat(absence(directory.resolve("missing/app.pid"))).isEqualTo("there is no such file");
    int thread = ProcFs.threads().stream().filter(tid -> tid != SELF).findFirst().orElseThrow();
    assertThat(absence(thread)).isEqualTo("there is no process " + thread);
  }

  @Test
  void a_process_does_not_take_over_from_itself() throws Exception {
    String itself = "pid " + SELF + " is this process itself by now";
    assertThat(absence(SELF)).isEqualTo(itself);
    assertThat(absence(pidfile(SELF + "\n"))).isEqualTo(itself);
  }

  private static String absence(Object named) throws IOException {
    return TakeoverTarget.find(named.toString(), SELF).absence();
  }

  @Test
  void what_names_no_process_is_an_error() throws Exception {
    assertUnclear(pidfile(""), "app.pid holds no pid: correct or remove it");
    assertUnclear(pidfile("legacy"), "app.pid holds no pid: correct or remove it");
    assertUnclear(pidfile("4711 ".repeat(20)), "app.pid holds no pid: correct or remove it");
    assertUnclear(
        directory,
        directory
            + " is neither a pidfile nor a control socket, which has a name like 4711-99.sock");
  }

  private static void assertUnclear(Path named, String problem) {
    assertThatThrownBy(() -> TakeoverTarget.find(named.toString(), SELF))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith(problem);
  }

  @Test
  void a_process_without_an_agent_can_not_be_taken_over() throws Exception {
    ChildProcess child = Children.idle(LIBC);
    try {
      Path file = pidfile(child.pid() + "\n");
      TakeoverTarget target = TakeoverTarget.find(file.toString(), SELF);
      assertThat(target.absence()).isNull();
      assertThatThrownBy(() -> target.ask(LIBC, 0))
          .isInstanceOf(NoAgentException.class)
          .hasMessageStartingWith("pid " + child.pid() + " has no control socket: ");

      Instant longAgo = Instant.now().minus(Duration.ofHours(1));
      Files.setLastModifiedTime(file, FileTime.from(longAgo));
      assertThat(target.ask(LIBC, 0)).isNull();
      assertThat(target.absence())
          .isEqualTo(
              "pid "
                  + child.pid()
                  + " is another process by now, it was started after that file was written");
    } finally {
      child.signal(Libc.SIGKILL);
      Children.end(child);
    }
  }

  @Test
  void one_that_ends_before_it_is_asked_is_not_there() throws Exception {
    ChildProcess child = Children.idle(LIBC);
    TakeoverTarget target = TakeoverTarget.find(String.valueOf(child.pid()), SELF);
    child.signal(Libc.SIGKILL);
    Children.end(child);

    assertThat(target.ask(LIBC, 0)).isNull();
    assertThat(target.absence()).isEqualTo("pid " + child.pid() + " has just ended");
  }

  @Test
  void gets_the_lifeline() throws Exception {
    AtomicReference<Lifeline> other = new AtomicReference<>();
    TakeoverTarget target =
        serving(
            with -> {
              with.say(Message.event("of a newer agent"));
              try {
                Lifeline[] ends = Lifeline.pair(LIBC);
                other.set(ends[0]);
                with.say(Message.event("lifeline"), ends[1].fd());
                ends[1].close();
              } catch (IOException failure) {
                throw new IllegalStateException(failure);
              }
              with.hangUp();
            });
    try (Lifeline lifeline = target.ask(LIBC, 0)) {
      assertThat(lifeline.fd()).as("out of the way").isGreaterThanOrEqualTo(64);
      assertThat(lifeline.makerPid()).isEqualTo(SELF);
      lifeline.send(new Frame(Frame.Type.HELLO, 1, ""));
      assertThat(other.get().await(30_000).frame.type()).isEqualTo(Frame.Type.HELLO);
    } finally {
      other.get().close();
    }
  }

  @Test
  void a_refusal_is_told() throws Exception {
    TakeoverTarget target = serving(with -> with.refuse("one is under way already"));
    assertThatThrownBy(() -> target.ask(LIBC, 0))
        .hasMessage("refused by pid " + SELF + ": one is under way already");
  }

  @Test
  void so_is_a_failure() throws Exception {
    TakeoverTarget target =
        serving(
            with -> {
              with.say(Message.event("failed").with("reason", "the hook x exited with 1"));
              with.hangUp();
            });
    assertThatThrownBy(() -> target.ask(LIBC, 0))
        .hasMessage("refused by pid " + SELF + ": the hook x exited with 1");
  }

  @Test
  void one_that_hangs_up_and_lives_on_is_an_error() throws Exception {
    TakeoverTarget target = serving(Conversation::hangUp);
    assertThatThrownBy(() -> target.ask(LIBC, 0)).hasMessage("pid " + SELF + " has hung up");
  }

  @Test
  void a_lifeline_without_a_descriptor_is_an_error() throws Exception {
    TakeoverTarget target =
        serving(
            with -> {
              with.say(Message.event("lifeline"));
              with.hangUp();
            });
    assertThatThrownBy(() -> target.ask(LIBC, 0))
        .hasMessage("pid " + SELF + " sent no descriptor: are there too few left?");
  }

  @Test
  void nobody_is_there_where_nobody_listens() throws Exception {
    Path dead = new SocketName(NEVER, 1).in(directory);
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(dead))
        .close();
    TakeoverTarget target = TakeoverTarget.find(dead.toString(), SELF);

    assertThat(target.ask(LIBC, 0)).isNull();
    assertThat(target.absence()).isEqualTo("nobody listens there any more");
  }

  @Test
  void one_whose_pid_is_another_here_is_in_another_namespace() throws Exception {
    TakeoverTarget target = serving(new SocketName(NEVER, 1), Conversation::hangUp);
    assertThatThrownBy(() -> target.ask(LIBC, 0))
        .hasMessage(
            "pid " + NEVER + " is in another pid namespace, and could not watch this process");
  }

  private Path pidfile(String content) throws IOException {
    return Files.writeString(directory.resolve("app.pid"), content);
  }

  /** This very process, which for once is another one. */
  private TakeoverTarget serving(Consumer<Conversation> answer) throws Exception {
    return serving(new SocketName(SELF, ProcFs.startTime()), answer);
  }

  private TakeoverTarget serving(SocketName name, Consumer<Conversation> answer) throws Exception {
    Log log = new Log(0, Log.Level.ERROR);
    server =
        REACTOR.call(
            () ->
                ControlServer.open(
                    LIBC,
                    REACTOR.reactor,
                    log,
                    directory,
                    name,
                    (request, with) -> answer.accept(with)));
    return TakeoverTarget.find(name.in(directory).toString(), ANOTHER);
  }
}
