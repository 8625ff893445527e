package io.graceful.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

  private static final String KNOWN =
      "; known keys: restart.signal, stop.signals, ready.timeout, drain.timeout, drain.quiet, move, soak,"
          + " shutdown.timeout, stop.timeout, cwd, unclaimed, takeover, pidfile, hook, hook.timeout, stop.delay, control, log.level, config";
  private static final String A_TIME =
      "; allowed: a time such as 500ms, 10s or 2m, at most 24 hours (a bare number is seconds)";

  @TempDir Path directory;

  @ParameterizedTest
  @NullAndEmptySource
  void without_anything_the_defaults_are_in_force(String arguments) throws Exception {
    Options options = Options.read(arguments, Map.of());

    for (Option option : Option.values()) {
      assertThat(options.text(option)).isEqualTo(option.defaultValue());
    }
    assertThat(options.signals(Option.RESTART_SIGNAL)).containsExactly("USR2");
    assertThat(options.signals(Option.STOP_SIGNALS)).containsExactly("TERM", "INT");
    assertThat(options.millis(Option.READY_TIMEOUT)).isEqualTo(120_000);
  }

  @ParameterizedTest
  @CsvSource({
    "drain.timeout=1s, 2s, 3s, 1000",
    "drain.timeout=1s, 2s,   , 1000",
    "drain.timeout=1s,   , 3s, 1000",
    "soak=9s,          2s, 3s, 2000",
    "soak=9s,          2s,   , 2000",
    "soak=9s,            , 3s, 3000",
    "soak=9s,            ,   , 30000",
  })
  void an_argument_goes_before_a_variable_before_the_file_before_the_default(
      String argument, String variable, String inFile, long millis) throws Exception {
    Path file = file(inFile == null ? "" : "drain.timeout=" + inFile + "\n");
    Map<String, String> environment =
        variable == null ? Map.of() : Map.of("GRACEFUL_DRAIN_TIMEOUT", variable);

    Options options = Options.read(argument + ",config=" + file, environment);

    assertThat(options.millis(Option.DRAIN_TIMEOUT)).isEqualTo(millis);
  }

  @ParameterizedTest
  @EnumSource(
      value = Option.class,
      names = {"CONFIG"},
      mode = EnumSource.Mode.EXCLUDE)
  void every_option_is_read_from_each_source(Option option) throws Exception {
    String value = another(option);
    Path file = file(option.key() + " = " + value + "\n");

    assertThat(Options.read(option.key() + "=" + value, Map.of()).text(option)).isEqualTo(value);
    assertThat(Options.read(null, Map.of(option.variable(), value)).text(option)).isEqualTo(value);
    assertThat(Options.read("config=" + file, Map.of()).text(option)).isEqualTo(value);
  }

  private static String another(Option option) {
    switch (option) {
      case RESTART_SIGNAL:
        return "USR2+HUP";
      case CONTROL:
        return "off";
      case STOP_SIGNALS:
        return "none";
      case CWD:
        return "/srv/app/current";
      case MOVE:
        return "8443:off";
      case UNCLAIMED:
        return "drop";
      case LOG_LEVEL:
        return "debug";
      default:
        return "1234ms";
    }
  }

  @Test
  void the_file_can_be_named_by_a_variable() throws Exception {
    Path file = file("soak=7s\n");

    Options options = Options.read(null, Map.of("GRACEFUL_CONFIG", file.toString()));

    assertThat(options.millis(Option.SOAK)).isEqualTo(7000);
  }

  @Test
  void comments_and_spaces_in_the_file_do_not_count() throws Exception {
    Path file = file("# ours\n\n  soak : 7s  \nunclaimed   drop\n");

    Options options = Options.read("config=" + file, Map.of());

    assertThat(options.millis(Option.SOAK)).isEqualTo(7000);
    assertThat(options.text(Option.UNCLAIMED)).isEqualTo("drop");
  }

  @Test
  void variables_that_are_not_ours_do_not_count() throws Exception {
    Map<String, String> environment =
        Map.of("GRACEFULNESS", "1", "soak", "1s", "XGRACEFUL_SOAK", "1s", "SOAK", "1s");

    assertThat(Options.read(null, environment).text(Option.SOAK)).isEqualTo("3s");
  }

  @Test
  void a_value_may_hold_an_equals_sign() throws Exception {
    assertThat(Options.read("cwd=/srv/a=b", Map.of()).text(Option.CWD)).isEqualTo("/srv/a=b");
  }

  @ParameterizedTest
  @CsvSource({"USR2, USR2", "USR2+HUP, USR2|HUP", "HUP+USR1+WINCH, HUP|USR1|WINCH"})
  void several_signals_are_joined_with_plus(String text, String names) throws Exception {
    Options options = Options.read("restart.signal=" + text, Map.of());

    assertThat(options.signals(Option.RESTART_SIGNAL)).containsExactly(names.split("\\|"));
  }

  @Test
  void none_is_no_signal() throws Exception {
    Options options = Options.read("stop.signals=none", Map.of());

    assertThat(options.signals(Option.STOP_SIGNALS)).isEqualTo(List.of());
  }

  @Test
  void an_unknown_argument_is_named() {
    assertRefused(
        "soak=1s,drain.timout=5s", Map.of(), "unknown agent argument 'drain.timout'" + KNOWN);
  }

  @Test
  void an_unknown_variable_is_named_as_it_stands_in_the_environment() {
    assertRefused(
        null,
        Map.of("GRACEFUL_DRAIN_TIMOUT", "5s"),
        "unknown environment variable 'GRACEFUL_DRAIN_TIMOUT'" + KNOWN);
  }

  @Test
  void an_unknown_key_is_named_with_its_file() throws Exception {
    Path file = file("drain.timout=5s\n");

    assertRefused("config=" + file, Map.of(), "unknown key in " + file + " 'drain.timout'" + KNOWN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"soak", "soak=1s,", ",soak=1s", "restart", "soak:1s"})
  void an_argument_without_an_equals_sign_is_shown(String arguments) {
    assertThatThrownBy(() -> Options.read(arguments, Map.of()))
        .isInstanceOf(OptionException.class)
        .hasMessageMatching("agent argument '[^=]*' is not of the form key=value" + KNOWN);
  }

  @Test
  void a_bad_value_of_an_argument_is_shown_with_what_is_allowed() {
    assertRefused(
        "drain.timeout=soon",
        Map.of(),
        "bad value 'soon' for agent argument 'drain.timeout'" + A_TIME);
  }

  @Test
  void a_bad_value_of_a_variable_is_shown_with_what_is_allowed() {
    assertRefused(
        null,
        Map.of("GRACEFUL_UNCLAIMED", "maybe"),
        "bad value 'maybe' for environment variable 'GRACEFUL_UNCLAIMED'; allowed: fail or drop");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://localhost/", "http://", "http:///path", "http://local host/"})
  void an_address_of_a_hook_is_looked_at(String address) {
    assertRefused(
        "hook=" + address,
        Map.of(),
        "bad value '"
            + address
            + "' for agent argument 'hook'; allowed: a path, or an address such as"
            + " http://127.0.0.1:8600/{event}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/hook", "http://[::1]:8600/{event}?a=b", "https://localhost"})
  void a_hook_is_a_path_or_an_address(String hook) throws Exception {
    assertThat(Options.read("hook=" + hook, Map.of()).text(Option.HOOK)).isEqualTo(hook);
  }

  @Test
  void a_bad_value_in_the_file_is_shown_with_what_is_allowed() throws Exception {
    Path file = file("restart.signal=KILL\n");

    assertRefused(
        "config=" + file,
        Map.of(),
        "bad value 'KILL' for key in "
            + file
            + " 'restart.signal'; allowed: one or more of USR2, USR1, HUP, TERM, INT, WINCH, joined"
            + " with +");
  }

  @Test
  void a_bad_value_is_refused_even_where_a_better_source_overrides_it() {
    assertRefused(
        "soak=1s",
        Map.of("GRACEFUL_SOAK", "x"),
        "bad value 'x' for environment variable 'GRACEFUL_SOAK'" + A_TIME);
  }

  @Test
  void a_file_that_is_missing_is_named() {
    Path missing = directory.resolve("missing.properties");

    assertRefused(
        "config=" + missing,
        Map.of(),
        "can't read config="
            + missing
            + ": java.nio.file.NoSuchFileException: "
            + missing
            + "; name a readable properties file");
  }

  @Test
  void a_file_with_a_broken_escape_is_named() throws Exception {
    Path file = file("cwd=\\u12\n");

    assertThatThrownBy(() -> Options.read("config=" + file, Map.of()))
        .isInstanceOf(OptionException.class)
        .hasMessageStartingWith("can't read config=" + file + ": ")
        .hasMessageEndingWith("; name a readable properties file");
  }

  @Test
  void a_file_cannot_name_another_file() throws Exception {
    Path file = file("config=/etc/other.properties\n");

    assertRefused(
        "config=" + file,
        Map.of(),
        "config in " + file + ": a file can't name another file, remove the line");
  }

  @Test
  void a_signal_cannot_both_restart_and_stop() {
    assertRefused(
        "restart.signal=USR2+HUP,stop.signals=TERM+HUP",
        Map.of(),
        "HUP can't be both in restart.signal and in stop.signals; take it out of one");
  }

  @Test
  void a_signal_conflict_is_found_across_sources_and_defaults() {
    assertRefused(
        null,
        Map.of("GRACEFUL_RESTART_SIGNAL", "INT"),
        "INT can't be both in restart.signal and in stop.signals; take it out of one");
  }

  @Test
  void the_signal_that_the_jvm_uses_cannot_stop() {
    assertRefused(
        "restart.signal=HUP,stop.signals=USR2",
        Map.of(),
        "bad value 'USR2' for agent argument 'stop.signals'; allowed: none, or one or more of USR1,"
            + " HUP, TERM, INT, WINCH, joined with +");
  }

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("graceful.properties"), content);
  }

  private static void assertRefused(
      String arguments, Map<String, String> environment, String message) {
    assertThatThrownBy(() -> Options.read(arguments, environment))
        .isInstanceOf(OptionException.class)
        .hasMessage(message);
  }

  @Test
  void a_signal_named_twice_is_caught_once() throws Exception {
    assertThat(Options.read("stop.signals=TERM+TERM", Map.of()).signals(Option.STOP_SIGNALS))
        .containsExactly("TERM");
  }

  @Test
  void what_kubernetes_sets_for_a_service_of_our_name_is_no_option() throws Exception {
    Options.read(
        "",
        Map.of(
            "GRACEFUL_SERVICE_HOST", "10.0.0.1",
            "GRACEFUL_SERVICE_PORT_HTTP", "80",
            "GRACEFUL_DEMO_PORT", "tcp://10.0.0.1:80",
            "GRACEFUL_PORT_80_TCP_ADDR", "10.0.0.1"));
  }
}
