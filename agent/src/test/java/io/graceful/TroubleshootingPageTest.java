package io.graceful;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whoever searches docs/troubleshooting.md for what the agent has said must find it. Held against
 * the literals in the source: of each message the longest one, or its beginning.
 */
class TroubleshootingPageTest {

  private static final Path SOURCES = Path.of("src/main/java/io/graceful");
  private static final Path PAGE = Path.of("../docs/troubleshooting.md");

  /** Where messages are made: lines, reasons in them, and what commands complain of. */
  private static final Pattern MESSAGE =
      Pattern.compile(
          "(\\blog\\.(error|info)|\\bcomplain|\\b(refuse|giveUp|abort|fail|failed)"
              + "|new (IO|NoAgent|UnsupportedOperation)Exception)\\(");

  private static final Pattern LITERAL =
      Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|'(?:[^'\\\\]|\\\\.)'");

  /** As much as a reader would search for. */
  private static final int ENOUGH = 40;

  /** What the page does not explain one by one. */
  private static final List<String> IN_OTHER_WORDS =
      List.of(
          // Wrong use, which --help explains.
          "--help",
          // Of clients that are not ours: docs/control-protocol.md.
          "the timeout is '",
          "a request has at most",
          "the request is",
          "not one JSON object",
          "not one JSON object: something follows i",
          // "can't talk to pid", whatever the other process has said.
          "bytes is cut",
          "bytes too many in a frame of type",
          "comes from a process of user",
          "no generation has the number '",
          "no listener has the name '",
          // "can't hook".
          "can't hook the deletion of files",
          "can't hook the binding of sockets",
          "can't hook the making of connections",
          // What an agent that can't be loaded would have said before.
          "a moment ago, but now");

  @ParameterizedTest
  @MethodSource("messages")
  void the_page_explains_what_the_agent_says(String message) throws IOException {
    assertThat(IN_OTHER_WORDS.contains(message) || page().contains(message))
        .as("docs/troubleshooting.md has: %s", message)
        .isTrue();
  }

  @Test
  void what_needs_no_words_is_still_said_and_not_explained() throws IOException {
    assertThat(messages()).containsAll(IN_OTHER_WORDS).hasSizeGreaterThan(100);
    assertThat(page()).doesNotContain(IN_OTHER_WORDS.subList(1, IN_OTHER_WORDS.size()));
  }

  private static String page() throws IOException {
    return Files.readString(PAGE).replaceAll("\\s+", " ");
  }

  static List<String> messages() throws IOException {
    List<String> messages = new ArrayList<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
        addMessages(Files.readString(file).replaceAll("(?s)/\\*.*?\\*/|// [^\n]*", ""), messages);
      }
    }
    return messages.stream().distinct().toList();
  }

  private static void addMessages(String source, List<String> messages) {
    Matcher call = MESSAGE.matcher(source);
    while (call.find()) {
      literals(source, call.end()).stream()
          .map(TroubleshootingPageTest::searchedFor)
          .max(Comparator.comparingInt(String::length))
          .filter(message -> !message.isEmpty())
          .ifPresent(messages::add);
    }
  }

  /** Of the arguments that begin there; those with nothing but a plus between them are one. */
  private static List<String> literals(String source, int begin) {
    List<String> found = new ArrayList<>();
    Matcher literal = LITERAL.matcher(source);
    int last = -1;
    int at = begin;
    for (int depth = 1; depth > 0; at++) {
      char next = source.charAt(at);
      if (next == '"' || next == '\'') {
        literal.find(at);
        if (next == '"') {
          boolean goesOn = last >= 0 && source.substring(last, at).matches("\\s*\\+\\s*");
          String before = goesOn ? found.remove(found.size() - 1) : "";
          found.add(before + literal.group(1));
          last = literal.end();
        }
        at = literal.end() - 1;
      } else if (next == '(' || next == ')') {
        depth += next == '(' ? 1 : -1;
      }
    }
    return found;
  }

  private static String searchedFor(String literal) {
    String unformatted = literal.replaceFirst("%[so].*", "");
    String bare = unformatted.replaceAll("^[ :;,()]+|[ :;,()]+$", "");
    return bare.substring(0, Math.min(ENOUGH, bare.length())).trim();
  }
}
