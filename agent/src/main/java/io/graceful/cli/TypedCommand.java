package io.graceful.cli;

import io.graceful.os.ProcFs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The words at the end of this process's command line, byte by byte. Java's own launcher decodes
 * them in the charset of the locale, which makes question marks of what is not in it.
 */
final class TypedCommand {

  private final List<byte[]> words;

  private TypedCommand(List<byte[]> words) {
    this.words = words;
  }

  /**
   * @param command the same words as this JVM has them
   */
  static TypedCommand of(List<String> command) throws IOException {
    return of(ProcFs.zeroTerminated("/proc/self/cmdline"), command);
  }

  static TypedCommand of(List<byte[]> commandLine, List<String> command) {
    List<byte[]> last =
        commandLine.subList(Math.max(0, commandLine.size() - command.size()), commandLine.size());
    if (areTheSame(last, command)) {
      return new TypedCommand(last);
    }
    List<byte[]> words = new ArrayList<>(); // The launcher took them from a file: java @file.
    for (String word : command) {
      words.add(utf8(word));
    }
    return new TypedCommand(words);
  }

  private static boolean areTheSame(List<byte[]> words, List<String> decoded) {
    if (words.size() != decoded.size()) {
      return false;
    }
    for (int i = 0; i < words.size(); i++) {
      String text = new String(words.get(i), StandardCharsets.ISO_8859_1);
      if (isAscii(words.get(i)) && !text.equals(decoded.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAscii(byte... word) {
    for (byte one : word) {
      if (one < 0) {
        return false;
      }
    }
    return true;
  }

  /** The program first. */
  List<byte[]> words() {
    return new ArrayList<>(words);
  }

  /**
   * The same as text.
   *
   * @throws IOException if one of them is none
   */
  List<String> texts() throws IOException {
    List<String> texts = new ArrayList<>();
    for (byte[] word : words) {
      try {
        texts.add(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(word)).toString());
      } catch (CharacterCodingException other) {
        throw new IOException(
            "word "
                + (texts.size() + 1)
                + " of COMMAND is no UTF-8, and can't be sent: put it into a script that is COMMAND",
            other);
      }
    }
    return texts;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
