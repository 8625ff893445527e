package apps;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * What one generation does while a file for it lies in the state directory: {@code exit-G} makes it
 * exit with 7, {@code hog-G} makes it fill its heap until the file is gone.
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
    state.await("exit-" + generation);
    System.exit(EXIT);
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
