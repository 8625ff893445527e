package io.graceful.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestartSignalTest {

  @ParameterizedTest
  @CsvSource({
    "'', USR2",
    "soak=1s, USR2",
    "restart.signal=HUP, HUP",
    "'soak=1s,restart.signal=WINCH+HUP', WINCH",
    "restart.signal=HUP+USR2, USR2"
  })
  void is_one_that_the_agent_obeys(String options, String signal) throws Exception {
    assertThat(RestartSignal.of(options, Map.of())).isEqualTo(signal);
  }

  @Test
  void may_stand_in_the_environment() throws Exception {
    assertThat(RestartSignal.of("", Map.of("GRACEFUL_RESTART_SIGNAL", "USR1"))).isEqualTo("USR1");
  }

  @Test
  void is_none_that_stops_the_server() {
    assertThatThrownBy(() -> RestartSignal.of("restart.signal=TERM,stop.signals=INT", Map.of()))
        .hasMessage(
            "restart.signal has TERM, by which run stops the server; take USR2, and send that to"
                + " run");
  }

  @Test
  void what_the_agent_would_refuse_is_refused() {
    assertThatThrownBy(() -> RestartSignal.of("restart.signal=KILL", Map.of()))
        .hasMessageStartingWith("bad value 'KILL' for agent argument 'restart.signal'");
  }
}
