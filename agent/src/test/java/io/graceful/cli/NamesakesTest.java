package io.graceful.cli;

import static io.graceful.os.NativeLibc.LIBC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.control.Message;
import io.graceful.control.NoAgentException;
import io.graceful.control.SocketName;
import io.graceful.os.ProcFs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesakesTest {

  private static final String LEGACY = "/srv/legacy.jar";

  @TempDir Path nobodyListens;

  @ParameterizedTest
  @CsvSource({
    "legacy.jar, /srv/legacy.jar",
    "/srv/legacy.jar, /srv/legacy.jar",
    "srv/legacy.jar, /srv/legacy.jar",
    "legacy.jar, legacy.jar",
    "Server, org.example.Server",
    "org.example.Server, org.example.Server",
    "org.example.Server, legacy/org.example.Server"
  })
  void a_name_is_the_whole_or_its_last_part(String name, String program) throws Exception {
    Namesakes namesakes = new Namesakes(name);
    namesakes.add(agent(1), serving(program));
    assertThat(namesakes.meant().pid()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"acy.jar, /srv/legacy.jar", "legacy, /srv/legacy.jar", "erver, org.example.Server"})
  void nothing_else_is(String name, String program) {
    Namesakes namesakes = new Namesakes(name);
    namesakes.add(agent(1), serving(program));
    assertThatThrownBy(namesakes::meant)
        .isInstanceOf(NoAgentException.class)
        .hasMessage(
            "no agent of yours runs '" + name + "', and it is no pid and no file that holds one");
  }

  @ParameterizedTest
  @CsvSource({"restarting, 1", "held, 1", "stopping, 1", "draining, 2"})
  void the_old_process_is_meant_until_it_has_handed_over(String state, int meant) throws Exception {
    Message old = status(LEGACY, state).with("successor", 2);

    assertThat(meant(old, serving(LEGACY))).isEqualTo(meant);
    assertThat(meant(old)).as("the only one that has the name").isEqualTo(1);
  }

  @Test
  void those_of_other_restarts_are_several() {
    Message old = status(LEGACY, "held").with("successor", 2);

    assertThatThrownBy(() -> meant(old, serving(LEGACY), serving(LEGACY)))
        .isInstanceOf(NoAgentException.class)
        .hasMessage("several run 'legacy.jar', say which: pid 1, 3");
  }

  @Test
  void one_that_does_not_answer_counts_if_its_command_line_has_the_name() throws Exception {
    List<byte[]> arguments = new ArrayList<>(ProcFs.zeroTerminated("/proc/self/cmdline"));
    String program = new String(arguments.get(arguments.size() - 1));
    Agent silent = agent((int) ProcessHandle.current().pid());

    Namesakes named = new Namesakes(program);
    named.add(silent);
    assertThatThrownBy(named::meant)
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(NoAgentException.class);
    named.add(agent(1), serving(program));
    assertThatThrownBy(named::meant).hasMessageStartingWith("several run '" + program + "'");

    Namesakes others = new Namesakes("legacy.jar");
    others.add(silent);
    others.add(agent(999_999_999)); // Ended meanwhile.
    others.add(agent(1), serving(LEGACY));
    assertThat(others.meant().pid()).isEqualTo(1);
  }

  /** Of legacy.jar, which pids from 1 on run. */
  private int meant(Message... statuses) throws IOException {
    Namesakes namesakes = new Namesakes("legacy.jar");
    for (int i = 0; i < statuses.length; i++) {
      namesakes.add(agent(i + 1), statuses[i]);
    }
    return namesakes.meant().pid();
  }

  private static Message serving(String program) {
    return status(program, "serving");
  }

  private static Message status(String program, String state) {
    return Message.event("status").with("program", program).with("state", state);
  }

  private Agent agent(int pid) {
    return new Agent(LIBC, new SocketName(pid, 1).in(nobodyListens));
  }
}
