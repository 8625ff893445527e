package io.graceful.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"event\":\"done\"}",
        "{\"a\":1,\"b\":-9223372036854775808,\"c\":true,\"d\":{\"e\":[]}}",
        "{\"list\":[\"x\",{\"y\":2},[3]]}",
        "{\"text\":\"line\\nline \\u001b \\\" \\\\ \u00e4\"}"
      })
  void is_written_as_it_was_read(String text) throws Exception {
    assertThat(Message.parse(text)).hasToString(text);
    assertThat(Message.parse(Message.parse(text).toString())).isEqualTo(Message.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "1",
        "\"text\"",
        "[]",
        "null",
        "{",
        "{}{}",
        "{} x",
        "{a:1}",
        "{'a':1}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\":01}",
        "{\"a\":NaN}",
        "{\"a\":\"\t\"}",
        "{\"a\" 1}",
        "GET / HTTP/1.1"
      })
  void nothing_else_is_one(String text) {
    assertThatThrownBy(() -> Message.parse(text))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("not one JSON object");
  }

  @Test
  void too_deep_a_one_is_refused() {
    assertThatThrownBy(() -> Message.parse("{\"a\":" + "[".repeat(30_000)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void what_is_missing_or_of_another_type_is_as_good_as_empty() throws Exception {
    Message message = Message.parse("{\"a\":1.5,\"b\":null,\"c\":[1,\"x\",{}],\"d\":\"7\"}");

    for (String name : List.of("a", "b", "c", "d", "none")) {
      assertThat(message.number(name)).isZero();
      assertThat(message.isTrue(name)).isFalse();
      assertThat(message.message(name)).isEqualTo(new Message());
    }
    assertThat(message.text("a")).isEmpty();
    assertThat(message.text("d")).isEqualTo("7");
    assertThat(message.texts("c")).containsExactly("x");
    assertThat(message.messages("c")).containsExactly(new Message());
    assertThat(message.texts("none")).isEmpty();
  }
}
