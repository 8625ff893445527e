package io.graceful.it.faults;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.graceful.it.jvm.ProcessId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ToldTest {

  private static final ProcessId OLD = new ProcessId(7, 0);
  private static final ProcessId NEXT = new ProcessId(8, 0);

  private final Told told = new Told();

  @Test
  void a_restart_has_four_lines() {
    told.restarted(OLD, NEXT);

    told.judge(restart());
  }

  @Test
  void lines_of_others_do_not_count() {
    told.restarted(OLD, NEXT);

    List<String> lines = restart();
    lines.add("Exception in thread \"main\"");
    told.judge(lines);
  }

  @Test
  void a_line_that_comes_twice_is_one_too_many() {
    told.restarted(OLD, NEXT);

    for (String line : restart()) {
      List<String> lines = restart();
      lines.add(line);
      falls("one line too many: " + line, lines);
    }
  }

  @Test
  void a_line_of_the_wrong_process_is_one_too_many() {
    told.restarted(OLD, NEXT);

    List<String> lines = restart();
    lines.set(3, lines.get(3).replace("[7]", "[8]"));
    falls("one line too many", lines);
  }

  @Test
  void an_unexpected_line_is_one_too_many() {
    told.restarted(OLD, NEXT);

    List<String> lines = restart();
    lines.add("graceful[8]: bug, please report: java.lang.NullPointerException");
    falls("one line too many", lines);
  }

  @Test
  void a_missing_line_is_missed() {
    told.restarted(OLD, NEXT);

    for (int line = 0; line < 4; line++) {
      List<String> lines = restart();
      lines.remove(line);
      falls("no such line", lines);
    }
  }

  @Test
  void a_failure_without_its_reason_is_not_the_one() {
    told.failed(OLD, "exited with 1");

    told.judge(List.of("graceful[7]: restart failed: pid 8 exited with 1; still serving on [x]"));
    falls("one line too many", List.of("graceful[7]: restart failed: no idea; still serving"));
    falls("no such line", List.of());
  }

  @Test
  void a_restart_may_follow_one_that_failed() {
    told.failed(OLD, "exited with 1");
    told.restarted(OLD, NEXT);

    List<String> lines = restart();
    lines.add(0, "graceful[7]: restart failed: pid 6 exited with 1; still serving on [x]");
    told.judge(lines);
    lines.add(0, "graceful[7]: restart: started pid 6");
    told.judge(lines);
  }

  private void falls(String how, List<String> lines) {
    assertThatThrownBy(() -> told.judge(lines))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(how);
  }

  private static List<String> restart() {
    return new ArrayList<>(
        List.of(
            "graceful[7]: restart: started pid 8",
            "graceful[8]: generation 2 serves on [*:8080], taken over from pid 7 after 812 ms",
            "graceful[7]: handed over to pid 8 after 1060 ms; draining",
            "graceful[7]: drained in 3004 ms: moved 60, ended 3, handed back 0, cut 0; exiting"));
  }
}
