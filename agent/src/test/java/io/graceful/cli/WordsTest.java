package io.graceful.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {

  @ParameterizedTest
  @CsvSource({
    "-5, 0 s",
    "999, 0 s",
    "59999, 59 s",
    "60000, 1 min 0 s",
    "3599999, 59 min 59 s",
    "3600000, 1 h 0 min",
    "86399999, 23 h 59 min",
    "90000000, 1 d 1 h"
  })
  void a_duration_has_its_two_largest_units(long millis, String words) {
    assertThat(Words.duration(millis)).isEqualTo(words);
  }

  @Test
  void what_another_process_says_does_not_command_the_terminal() {
    assertThat(Words.printable("a\u001b[2Jb\u009b1mc\rd\u00e4")).isEqualTo("a?[2Jb?1mc?d\u00e4");
    assertThat(Words.printable("\tat x.Y")).isEqualTo("    at x.Y");
  }

  @Test
  void columns_are_as_wide_as_their_widest_text() {
    Table table = new Table("PID", "STATE");
    table.row("1", "serving");
    table.row("4711", "");

    assertThat(table.toString().lines()).containsExactly("PID   STATE", "1     serving", "4711");
  }
}
