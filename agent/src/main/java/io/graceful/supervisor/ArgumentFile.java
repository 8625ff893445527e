package io.graceful.supervisor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;

/** The words of an {@code @file} on a command line, as the java launcher reads it (java(1)). */
final class ArgumentFile {

  private static final char NO_QUOTE = 0;

  private final String text;
  private final List<String> words = new ArrayList<>();

  /** Null between words. */
  private StringBuilder word;

  private char quote = NO_QUOTE;

  private ArgumentFile(String text) {
    this.text = text;
  }

  /**
   * @throws IOException if there is no such file; the launcher will say so
   */
  static List<String> read(String path) throws IOException {
    return words(new String(Files.readAllBytes(Paths.get(path)), StandardCharsets.UTF_8));
  }

  /** White space is between them; what is in quotes is a part of one, with escapes. */
  static List<String> words(String text) {
    ArgumentFile file = new ArgumentFile(text);
    int at = 0;
    while (at < text.length()) {
      at = file.quote == NO_QUOTE ? file.unquoted(at) : file.quoted(at);
    }
    file.end();
    return file.words;
  }

  /** Returns where to go on. */
  private int unquoted(int at) {
    char c = text.charAt(at);
    if (c == '"' || c == '\'') {
      quote = c;
      append("");
    } else if (c == '#') {
      end();
      return endOfLine(at);
    } else if (isSpace(c)) {
      end();
    } else {
      append(String.valueOf(c)); // A backslash too.
    }
    return at + 1;
  }

  private int quoted(int at) {
    char c = text.charAt(at);
    if (c == quote) {
      quote = NO_QUOTE;
    } else if (isLineBreak(c)) {
      quote = NO_QUOTE;
      end();
    } else if (c == '\\' && at + 1 < text.length()) {
      return escaped(at + 1);
    } else {
      append(String.valueOf(c));
    }
    return at + 1;
  }

  /** At the end of a line: it goes on behind the white space of the next one. */
  private int escaped(int at) {
    char c = text.charAt(at);
    int next = at + 1;
    if (isLineBreak(c)) {
      while (next < text.length() && isSpace(text.charAt(next))) {
        next++;
      }
    } else {
      int control = "ntrf".indexOf(c);
      append(control < 0 ? String.valueOf(c) : "\n\t\r\f".substring(control, control + 1));
    }
    return next;
  }

  private int endOfLine(int at) {
    int end = at;
    while (end < text.length() && !isLineBreak(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isLineBreak(char c) {
    return c == '\n' || c == '\r';
  }

  private static boolean isSpace(char c) {
    return isLineBreak(c) || c == ' ' || c == '\t' || c == '\f';
  }

  private void append(String more) {
    if (word == null) {
      word = new StringBuilder();
    }
    word.append(more);
  }

  private void end() {
    if (word != null) {
      words.add(word.toString());
      word = null;
    }
  }
}
