package io.graceful.it.systemd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The code blocks of a page of docs/, word for word but for the places that they name. */
final class Examples {
  private static final String INDENT = "    ";

  private final List<String> blocks = new ArrayList<>();
  private final Path page;

  Examples(Path page) throws IOException {
    this.page = page;
    StringBuilder block = new StringBuilder();
    for (String line : Files.readAllLines(page)) {
      if (line.startsWith(INDENT) || line.isBlank() && block.length() > 0) {
        block.append(line.isBlank() ? "" : line.substring(line.indexOf(line.strip()))).append('\n');
      } else {
        end(block);
      }
    }
    end(block);
  }

  /**
   * The one block that contains all of this.
   *
   * @param places what stands in the page, and what is there in its place
   */
  String block(Map<String, String> places, String... parts) {
    List<String> found =
        blocks.stream().filter(block -> List.of(parts).stream().allMatch(block::contains)).toList();
    if (found.size() != 1) {
      throw new IllegalStateException(
          page + " has " + found.size() + " blocks with " + List.of(parts) + ", not one");
    }
    String block = found.get(0);
    for (Map.Entry<String, String> place : places.entrySet()) {
      block = block.replace(place.getKey(), place.getValue());
    }
    return block;
  }

  private void end(StringBuilder block) {
    if (block.length() > 0) {
      blocks.add(block.toString().strip() + "\n");
      block.setLength(0);
    }
  }
}
