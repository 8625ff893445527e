package apps;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * What one generation does while a file for it lies in the state directory: {@code exit-G} makes it
 * exit with the number in it, or 7, {@code hog-G} makes it fill its heap until the file is gone.
 */
final class Orders {

  static final int EXIT = 7;
  private static final int PIECE_BYTES = 64 * 1024;
  private static final int GLANCE_MILLIS = 10;

  private final StateDirectory state;
  private final long generation;

  Orders(StateDirectory state, long generation) {
    this.state = state;
    this.generation = generation;
  }

  void exit() {
    String file = "exit-" + generation;
    state.await(file);
    System.exit(code(file));
  }

  private int code(String file) {
    try {
      List<String> lines = Files.readAllLines(state.path(file), StandardCharsets.US_ASCII);
      return lines.isEmpty() ? EXIT : Integer.parseInt(lines.get(0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void hog() {
    String file = "hog-" + generation;
    List<byte[]> heap = new ArrayList<>(1 << 16);
    while (true) {
      state.await(file);
      while (Files.exists(state.path(file))) {
        try {
          heap.add(new byte[PIECE_BYTES]);
        } catch (OutOfMemoryError full) {
          App.sleep(GLANCE_MILLIS);
        }
      }
      heap.clear();
    }
  }
}
