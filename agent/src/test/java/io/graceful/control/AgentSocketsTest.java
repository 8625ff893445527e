package io.graceful.control;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.os.LeavesNoDescriptor;
import io.graceful.os.ProcFs;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeavesNoDescriptor.class)
class AgentSocketsTest {

  private static final int SELF = (int) ProcessHandle.current().pid();
  private static final int USER = LIBC.effectiveUser();

  @TempDir Path parent;
  private Path good;
  private Path bad;
  private final AgentSockets sockets = new AgentSockets(LIBC);

  @BeforeEach
  void make() throws IOException {
    good = directory("good", "rwx------");
    bad = directory("bad", "rwxr-xr-x");
  }

  @Test
  void are_found_beside_a_directory_that_is_not_to_be_trusted() throws Exception {
    Path own = new SocketName(SELF, ProcFs.startTime()).in(good);
    try (ServerSocketChannel agent = listening(own, 16)) {
      assertThat(agent.isOpen()).isTrue();
      for (List<Path> candidates : List.of(List.of(bad, good), List.of(good, bad))) {
        assertThat(sockets.allIn(candidates)).containsExactly(own);
        assertThat(sockets.requireIn(candidates, USER, SELF)).isEqualTo(own);
      }
    }
  }

  @Test
  void that_directory_is_told_of_where_none_is_found() {
    String problem = "others may enter " + bad + " (mode 755): chmod 700 it";
    assertThatThrownBy(() -> sockets.allIn(List.of(bad, good)))
        .isInstanceOf(IOException.class)
        .hasMessage("no agent was found, but not all places could be searched: " + problem);
    assertThatThrownBy(() -> sockets.requireIn(List.of(good, bad), USER, SELF))
        .isInstanceOf(NoAgentException.class)
        .hasMessageStartingWith("pid " + SELF + " has no control socket: ")
        .hasMessageEndingWith("; not searched: " + problem);
  }

  @Test
  void none_is_fine_where_all_could_be_searched() throws Exception {
    assertThat(sockets.allIn(List.of(good, parent.resolve("missing")))).isEmpty();
  }

  @Test
  void what_is_in_a_directory_that_is_not_to_be_trusted_is_not_touched() throws Exception {
    Path own = new SocketName(SELF, ProcFs.startTime()).in(bad);
    try (ServerSocketChannel agent = listening(own, 16)) {
      assertThat(agent.isOpen()).isTrue();
      assertThatThrownBy(() -> sockets.allIn(List.of(bad))).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> sockets.allIn(List.of(bad))).isInstanceOf(IOException.class);
    assertThat(own).as("left over").exists();
  }

  @Test
  @Timeout(60)
  void one_that_accepts_nobody_is_one_that_does_not_answer() throws Exception {
    Path own = new SocketName(SELF, ProcFs.startTime()).in(good);
    try (ServerSocketChannel agent = listening(own, 1);
        FullQueue full = new FullQueue(own)) {
      assertThat(agent.isOpen() && full.isFull()).isTrue();
      assertThat(sockets.allIn(List.of(good))).containsExactly(own);
      assertSilent(() -> ControlClient.connect(LIBC, own));
    }
    Path ended = new SocketName(SELF, 1).in(good);
    try (ServerSocketChannel other = listening(ended, 1);
        FullQueue full = new FullQueue(ended)) {
      assertThat(other.isOpen() && full.isFull()).isTrue();
      assertThat(sockets.allIn(List.of(good))).as("of no process here").isEmpty();
    }
  }

  @Test
  void one_that_says_nothing_is_one_that_does_not_answer() throws Exception {
    Path own = new SocketName(SELF, ProcFs.startTime()).in(good);
    try (ServerSocketChannel agent = listening(own, 16);
        ControlClient client = ControlClient.connect(LIBC, own)) {
      assertThat(agent.isOpen()).isTrue();
      client.ask(new Message().with("command", "status"));
      assertSilent(() -> client.hear(50));
    }
  }

  private static void assertSilent(ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(SilentAgentException.class)
        .hasMessage(
            "pid "
                + SELF
                + " does not answer: its process is stopped (then kill -CONT "
                + SELF
                + ") or hangs");
  }

  private Path directory(String name, String permissions) throws IOException {
    Path directory = Files.createDirectory(parent.resolve(name));
    return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
  }

  private static ServerSocketChannel listening(Path socket, int backlog) throws IOException {
    return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(socket), backlog);
  }
}
