package io.graceful.it.faults;

import io.graceful.it.jvm.ProcessView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a process holds when nothing is in motion: the kinds of its descriptors, the agent's
 * threads, its children, and files in its temporary directory.
 */
record Belongings(
    List<String> descriptors, Map<String, Integer> threads, int children, List<String> files) {
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  /** Empty while it has connections, or its agent is not complete. */
  static Optional<Belongings> ifSettled(ProcessView process, Path temporary) {
    List<String> descriptors = new ArrayList<>(process.descriptors());
    if (descriptors.contains("tcp")
        || !descriptors.contains(ProcessView.CONTROL_SOCKET)
        || descriptors.stream().anyMatch(path -> path.startsWith("/sys/fs/cgroup/"))) {
      return Optional.empty();
    }
    descriptors.removeIf(path -> path.startsWith("/dev/")); // The JVM's random numbers: if needed.
    // The JMX exporter leaves closing its configuration to the garbage collector.
    descriptors.removeIf(path -> path.endsWith("/exporter.yml"));
    Map<String, Integer> threads = process.threads();
    threads.keySet().removeIf(name -> !name.startsWith("graceful"));
    return Optional.of(
        new Belongings(
            withoutNumbers(descriptors.stream().map(Belongings::evenIfDeleted)),
            threads,
            process.children().size(),
            filesIn(temporary)));
  }

  /** A file that was deleted or replaced since is the same to the process. */
  private static String evenIfDeleted(String path) {
    return path.replaceAll(" \\(deleted\\)$", "");
  }

  private static List<String> filesIn(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return withoutNumbers(files.map(file -> file.getFileName().toString()));
    } catch (IOException unreadable) {
      throw new AssertionError(unreadable);
    }
  }

  /** Of pids, times, and ports that the kernel has chosen. */
  private static List<String> withoutNumbers(Stream<String> names) {
    return names.map(name -> NUMBER.matcher(name).replaceAll("N")).sorted().toList();
  }
}
